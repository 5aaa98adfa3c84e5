// SPDX-License-Identifier: Apache-2.0

/// Tells which tokens to believe, and what they say.
package final class TokenVerifier {
    private let key: SigningKey
    private let issuer: String?
    private let audience: String?

    /// - Parameters:
    ///   - secret: 32 to 1,024 bytes, for HS256.
    ///   - issuer: What `iss` must be; nil leaves it unchecked.
    ///   - audience: What `aud` must be or hold; nil leaves it unchecked.
    /// - Throws: `TokenSecretError` where the secret is too short or too long.
    package init(
        secret: [UInt8],
        issuer: String? = nil,
        audience: String? = nil
    ) throws(TokenSecretError) {
        key = try SigningKey(secret: secret)
        self.issuer = issuer
        self.audience = audience
    }

    /// Checks the token in this order: form, algorithm, signature, claims, times.
    ///
    /// A token is expired from the very second of its `exp` (RFC 7519 §4.1.4).
    package func verify(
        _ token: String,
        nowSeconds: Int64
    ) throws(TokenError) -> Claims {
        let parts = try TokenParts(token)
        guard let header = Base64URL.decode(parts.header),
            let payload = Base64URL.decode(parts.payload)
        else { throw .malformed }
        try TokenHeader.check(header, algorithm: key.algorithm)
        guard key.verifies(parts) else { throw .badSignature }

        let claims = try ClaimsReader.read(payload)
        if let issuer, claims.issuer != issuer { throw .wrongIssuer }
        if let audience, !claims.audiences.contains(audience) { throw .wrongAudience }
        if let notBefore = claims.notBefore, nowSeconds < notBefore { throw .notYetValid }
        if let expiresAt = claims.expiresAt, nowSeconds >= expiresAt { throw .expired }
        return claims
    }
}
