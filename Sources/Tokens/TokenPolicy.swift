// SPDX-License-Identifier: Apache-2.0

/// What a token must say beside being rightly signed.
package struct TokenPolicy: Hashable, Sendable {
    /// What `iss` must be; nil leaves it unchecked.
    package var issuer: String?
    /// What `aud` must be or hold; nil leaves it unchecked.
    package var audience: String?
    /// Seconds by which an issuer's clock may differ, for `exp` and `nbf`.
    package var clockSkew: Int64

    package init(issuer: String? = nil, audience: String? = nil, clockSkew: Int64 = 0) {
        self.issuer = issuer
        self.audience = audience
        self.clockSkew = clockSkew
    }

    /// A token is expired from the very second of its `exp` on (RFC 7519 §4.1.4).
    func check(_ claims: Claims, nowSeconds: Int64) throws(TokenError) {
        if let issuer, claims.issuer != issuer { throw .wrongIssuer }
        if let audience, !claims.audiences.contains(audience) { throw .wrongAudience }
        // Claims' times are bounded, so neither sum can overflow.
        if let notBefore = claims.notBefore, nowSeconds < notBefore - clockSkew {
            throw .notYetValid
        }
        if isOver(claims, nowSeconds: nowSeconds) { throw .expired }
    }

    func isOver(_ claims: Claims, nowSeconds: Int64) -> Bool {
        claims.expiresAt.map { nowSeconds >= $0 + clockSkew } ?? false
    }
}
