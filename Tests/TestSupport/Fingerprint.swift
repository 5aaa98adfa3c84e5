// SPDX-License-Identifier: Apache-2.0

/// How many bytes there are and their FNV-1a hash, to notice that they are not what they were.
package func fingerprint(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return "\(bytes.count):" + String(hash, radix: 16)
}
