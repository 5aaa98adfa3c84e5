// SPDX-License-Identifier: Apache-2.0

/// What listeners with `tls` speak.
package struct TLSSettings: Hashable, Sendable {
    package enum Version: String, CaseIterable, Sendable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    package enum ClientVerification: String, CaseIterable, Sendable {
        case off
        case optional
        case required
    }

    /// The first one is for clients that ask for a name that none is for, or for no name.
    package var certificates: [CertificateFiles] = []
    package var minimumVersion = Version.tls12
    /// Of TLS 1.2, in OpenSSL's notation; empty: the ones with forward secrecy and authenticated
    /// encryption.
    package var ciphers: String = ""
    /// The file with the authorities that sign clients' certificates.
    package var clientCA: String = ""
    package var clientVerification = ClientVerification.off
    /// From a connection's start to the end of its handshake.
    package var handshakeTimeout: Duration = .seconds(10)
    /// How long a session can be resumed at least; zero: not at all.
    package var ticketLifetime: Duration = .seconds(12 * 3_600)
    /// For how long browsers are told to come to this host over TLS alone; zero: they are not told.
    package var strictTransportSecurity: Duration = .zero

    /// What is in the files, once `serve` has read them; never a key of the manifest.
    package var material: [CertificateMaterial] = []
    package var clientAuthorities: [UInt8] = []

    package init() {}
}

/// Where a certificate and its key are.
///
/// On one line it is `CERTIFICATE:KEY`, so neither path may have a colon.
package struct CertificateFiles: Hashable, Sendable {
    /// PEM: the server's own certificate first, then those above it.
    package var certificate: String
    /// PEM, not encrypted.
    package var key: String

    package static let hint = "CERTIFICATE:KEY, two PEM files whose paths have no colon"

    package init?(parsing text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2,
            parts.allSatisfy({ !$0.isEmpty && TextRule.isOneLine($0, maximumByteCount: 1_024) })
        else { return nil }
        certificate = parts[0]
        key = parts[1]
    }

    package var text: String { certificate + ":" + key }
}

/// A certificate and its key, as PEM.
package struct CertificateMaterial: Hashable, Sendable {
    package var certificates: [UInt8]
    package var key: Secret

    package init(certificates: [UInt8], key: Secret) {
        self.certificates = certificates
        self.key = key
    }
}
