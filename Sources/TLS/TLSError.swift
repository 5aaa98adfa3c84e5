// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// Why certificates, keys or choices cannot be used; each text says what to do.
package enum TLSError: Error, Hashable, Sendable {
    /// There is no PEM certificate in what should be one.
    case noCertificate
    /// There is no PEM private key in what should be one.
    case noKey
    /// The key is protected by a password, which nobody could type at a restart.
    case encryptedKey
    /// The key is not the one of the certificate.
    case keyMismatch
    /// OpenSSL's security level refuses it: too short, or signed by a broken digest.
    case refused(String)
    /// A list of ciphers in which OpenSSL knows none.
    case unknownCiphers
    /// There is no PEM certificate among the authorities.
    case noAuthority
    case outOfMemory
}

extension TLSError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noCertificate: "no certificate in it; expected PEM, -----BEGIN CERTIFICATE-----"
        case .noKey: "no private key in it; expected PEM, -----BEGIN PRIVATE KEY-----"
        case .encryptedKey:
            "the key is encrypted, and nobody types a password when a worker starts; "
                + "decrypt it with: openssl pkey -in KEY -out PLAIN.KEY"
        case .keyMismatch: "the key does not belong to the certificate"
        case .refused(let reason): "OpenSSL refuses it: \(reason)"
        case .unknownCiphers: "no cipher that OpenSSL knows; see: openssl ciphers -v"
        case .noAuthority: "no certificate of an authority in it; expected PEM"
        case .outOfMemory: "out of memory"
        }
    }
}

/// OpenSSL's queue of errors, which each thread has one of.
enum ErrorQueue {
    /// The words for the error that was there first, without file, line or library; the queue is
    /// empty afterwards.
    static func takeReason() -> String {
        let code = ERR_peek_error()
        ERR_clear_error()
        // Points to a static text of OpenSSL's, or is NULL for an unknown code.
        guard code != 0, let text = unsafe ERR_reason_error_string(code) else {
            return "unknown reason"
        }
        return unsafe String(cString: text)
    }
}
