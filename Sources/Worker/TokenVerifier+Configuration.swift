// SPDX-License-Identifier: Apache-2.0

import Manifest
import Tokens

extension TokenVerifier {
    /// nil where the operator gave neither a secret nor a key: then every token is refused.
    ///
    /// - Throws: for what `serve` would have refused.
    convenience init?(settings: TokenSettings) throws {
        var keys: [VerificationKey] = []
        if !settings.secret.isEmpty {
            keys.append(try VerificationKey(secret: settings.secret.bytes))
        }
        for document in settings.publicKeys {
            keys += try KeyDocument.read(document, rsaAlgorithm: settings.signatureAlgorithm)
        }
        guard !keys.isEmpty || !settings.jwksURL.isEmpty else { return nil }
        self.init(
            keys: keys,
            policy: TokenPolicy(
                issuer: settings.issuer.isEmpty ? nil : settings.issuer,
                audience: settings.audience.isEmpty ? nil : settings.audience,
                clockSkew: settings.clockSkew.wholeSeconds
            )
        )
    }
}

extension TokenSettings {
    /// What RSA keys in PEM are for.
    fileprivate var signatureAlgorithm: SignatureAlgorithm {
        switch rsaAlgorithm {
        case .rs256: .rs256
        case .ps256: .ps256
        }
    }
}
