// SPDX-License-Identifier: Apache-2.0

/// A key that tokens are held against, with the one algorithm that it is for.
package struct VerificationKey {
    private enum Backing {
        case jose(JoseKey)
        case ed25519(Ed25519Key)
    }

    /// The key's `kid`; nil for one that goes by no name.
    package let identifier: String?
    package let algorithm: SignatureAlgorithm
    private let backing: Backing

    /// - Throws: where the secret is too short or too long.
    package init(secret: [UInt8]) throws(TokenSecretError) {
        self.init(identifier: nil, try JoseKey.symmetric(secret))
    }

    init(identifier: String?, _ key: JoseKey) {
        self.identifier = identifier
        algorithm = key.algorithm
        backing = .jose(key)
    }

    init(identifier: String?, _ key: Ed25519Key) {
        self.identifier = identifier
        algorithm = .edDSA
        backing = .ed25519(key)
    }

    func verifies(_ parts: TokenParts) -> Bool {
        switch backing {
        case .jose(let key): key.verifies(parts)
        case .ed25519(let key): key.verifies(parts)
        }
    }
}
