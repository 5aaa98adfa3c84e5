// SPDX-License-Identifier: Apache-2.0

/// The shared secret as it lies in a file or an environment variable.
package enum TokenSecret {
    /// The text without white space at its end: editors and `echo` leave a newline there.
    package static func trimmed(_ contents: [UInt8]) -> [UInt8] {
        var secret = contents
        while let last = secret.last, last == 0x0A || last == 0x0D || last == 0x20 || last == 0x09 {
            secret.removeLast()
        }
        return secret
    }

    /// A new secret of 256 random bits, as 64 hexadecimal digits.
    package static func random(using generator: inout some RandomNumberGenerator) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return (0..<4).flatMap { _ in
            let bits = generator.next() as UInt64
            return (0..<16).map { digits[Int(bits >> UInt64($0 * 4) & 0xF)] }
        }
    }
}
