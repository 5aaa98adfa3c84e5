// SPDX-License-Identifier: Apache-2.0

import Tokens

/// Who is behind a session and what its token allows, or a plugin in its place.
///
/// Immutable and shared: all anonymous sessions of a worker hold the same one.
final class Identity {
    let claims: Claims
    /// The user of the token, where a plugin said otherwise than the token.
    private let replacedUser: String?

    init(_ claims: Claims) {
        self.claims = claims
        replacedUser = nil
    }

    /// What a plugin said in the place of a token of `replacedUser`.
    init(_ claims: Claims, inPlaceOf replacedUser: String?) {
        self.claims = claims
        self.replacedUser = replacedUser
    }

    /// The user id; empty for an anonymous connection.
    var user: String { claims.user }

    /// The user whose token it takes to refresh this.
    var tokenUser: String { replacedUser ?? claims.user }

    var isReplaced: Bool { replacedUser != nil }

    /// The same user with another token: what a plugin said still holds, for as long as that lives.
    func renewed(by renewed: Identity) -> Identity {
        guard isReplaced else { return renewed }
        var claims = claims
        claims.expiresAt = renewed.claims.expiresAt
        claims.issuedAt = renewed.claims.issuedAt
        claims.tokenID = renewed.claims.tokenID
        return Identity(claims, inPlaceOf: replacedUser)
    }
}
