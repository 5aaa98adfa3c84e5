// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// SHA-1, for the WebSocket handshake and to tell whether a text has changed.
///
/// It is no protection against anyone.
package enum SHA1 {
    package static let byteCount = 20

    /// The digest of `bytes`, by OpenSSL.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        // Safe: both arrays outlive the call, and SHA-1 writes exactly 20 bytes.
        let succeeded = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil)
        precondition(succeeded == 1, "OpenSSL has no SHA-1")
        return digest
    }
}
