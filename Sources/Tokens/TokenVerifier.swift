// SPDX-License-Identifier: Apache-2.0

/// Tells which tokens to believe, and what they say.
package final class TokenVerifier {
    private var keys: KeyRing
    private let policy: TokenPolicy

    package init(keys: [VerificationKey], policy: TokenPolicy = TokenPolicy()) {
        self.keys = KeyRing(own: keys)
        self.policy = policy
    }

    /// One secret of 32 to 1,024 bytes, for HS256.
    ///
    /// - Throws: where the secret is too short or too long.
    package convenience init(
        secret: [UInt8],
        policy: TokenPolicy = TokenPolicy()
    ) throws(TokenSecretError) {
        self.init(keys: [try VerificationKey(secret: secret)], policy: policy)
    }

    /// Takes the place of all keys that were fetched before.
    package func replaceFetchedKeys(with keys: [VerificationKey]) {
        self.keys.fetched = keys
    }

    /// Checks the token in this order: form, key, algorithm, signature, claims, times.
    package func verify(
        _ token: String,
        nowSeconds: Int64
    ) throws(TokenError) -> Claims {
        let parts = try TokenParts(token)
        guard let header = Base64URL.decode(parts.header),
            let payload = Base64URL.decode(parts.payload)
        else { throw .malformed }
        let candidates = try keys.candidates(for: TokenHeader(header))
        guard candidates.contains(where: { $0.verifies(parts) }) else { throw .badSignature }
        let claims = try ClaimsReader.read(payload)
        try policy.check(claims, nowSeconds: nowSeconds)
        return claims
    }

    /// Whether claims that were good once are so no longer: their end has come.
    package func isOver(_ claims: Claims, nowSeconds: Int64) -> Bool {
        policy.isOver(claims, nowSeconds: nowSeconds)
    }
}
