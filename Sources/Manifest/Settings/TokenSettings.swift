// SPDX-License-Identifier: Apache-2.0

/// How connection and subscription tokens are checked.
package struct TokenSettings: Hashable, Sendable {
    /// The file with the HS256 secret; empty: `token.secret` in the data folder.
    package var secretFile: String = ""
    /// Files with public keys: each a key in PEM or a JSON Web Key Set.
    package var publicKeyFiles: [String] = []
    /// What an RSA key in PEM signs with.
    package var rsaAlgorithm: RSAAlgorithm = .rs256
    /// Where the issuer's JSON Web Key Set is; empty: nowhere.
    package var jwksURL: String = ""
    /// A PEM file of the authorities that may vouch for that server; empty: the system's.
    package var jwksCAFile: String = ""
    /// Between two fetches of the set.
    package var jwksRefreshInterval = Duration.seconds(600)
    /// Least time between two fetches when tokens name unknown keys.
    package var jwksMinimumInterval = Duration.seconds(30)
    /// By which an issuer's clock may differ from this node's.
    package var clockSkew = Duration.zero
    /// Required `iss` of every token; empty: not checked.
    package var issuer: String = ""
    /// Required `aud` of every token; empty: not checked.
    package var audience: String = ""
    /// How long a revocation holds that does not say when its tokens expire.
    package var revocationLifetime = Duration.seconds(365 * 24 * 3_600)
    /// Revocations on a node, else error 106.
    package var maximumRevocations: Int = 10_000
    /// The secret itself, once `serve` has read it; never a key of the manifest.
    package var secret = Secret()
    /// What is in `publicKeyFiles`, once `serve` has read them; never a key of the manifest.
    package var publicKeys: [[UInt8]] = []

    package enum RSAAlgorithm: String, CaseIterable, Sendable {
        case rs256 = "RS256"
        case ps256 = "PS256"
    }

    package init() {}
}

/// Key bytes that no description, log line or dump shows.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    package var isEmpty: Bool { bytes.isEmpty }
    package var description: String { bytes.isEmpty ? "(none)" : "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
