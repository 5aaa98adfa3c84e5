// SPDX-License-Identifier: Apache-2.0

/// A certificate with its key, as PEM.
package struct TLSIdentity: Hashable, Sendable {
    /// The server's own certificate first, then those above it.
    package var certificates: [UInt8]
    package var key: [UInt8]

    package init(certificates: [UInt8], key: [UInt8]) {
        self.certificates = certificates
        self.key = key
    }
}

/// What a server speaks TLS with.
package struct TLSServerOptions: Sendable {
    package enum Version: String, CaseIterable, Sendable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    package enum ClientVerification: String, CaseIterable, Sendable {
        /// No certificate is asked for.
        case off
        /// One is asked for; a client without any is served all the same.
        case optional
        case required
    }

    /// The first one is for names that none is for.
    package var identities: [TLSIdentity]
    package var minimumVersion = Version.tls12
    /// Of TLS 1.2, in OpenSSL's notation; those of TLS 1.3 are all good.
    package var ciphers = TLSServerOptions.defaultCiphers
    package var clientVerification = ClientVerification.off
    /// Who may sign clients' certificates, as PEM.
    package var clientAuthorities: [UInt8] = []
    /// What all workers derive the keys of session tickets from; nil: no tickets.
    package var ticketSecret: [UInt8]?
    /// How long a ticket is good for at least, whole seconds.
    package var ticketLifetime = Duration.seconds(12 * 3_600)

    /// Forward secrecy and authenticated encryption, and nothing else (RFC 9325 §4.2).
    package static let defaultCiphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        + "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

    package init(identities: [TLSIdentity]) {
        self.identities = identities
    }
}
