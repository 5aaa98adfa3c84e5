// SPDX-License-Identifier: Apache-2.0

import Tokens

/// Who is behind a session and what its token allows, or a plugin in its place.
///
/// Immutable and shared: all anonymous sessions of a worker hold the same one.
final class Identity {
    /// What a plugin may say in a token's place.
    struct Parts: OptionSet, Hashable {
        let rawValue: UInt8

        static let user = Self(rawValue: 1)
        static let info = Self(rawValue: 1 << 1)
        static let capabilities = Self(rawValue: 1 << 2)
    }

    let claims: Claims
    /// What of it a plugin said.
    let replacedParts: Parts
    /// The user of the token, where a plugin said something else than the token.
    private let replacedUser: String?

    init(_ claims: Claims) {
        self.claims = claims
        replacedParts = []
        replacedUser = nil
    }

    /// What a plugin said in the place of parts of a token of `replacedUser`.
    init(_ claims: Claims, inPlaceOf replacedUser: String?, _ replacedParts: Parts) {
        self.claims = claims
        self.replacedParts = replacedParts
        self.replacedUser = replacedUser
    }

    /// The user id; empty for an anonymous connection.
    var user: String { claims.user }

    /// The user whose token it takes to refresh this.
    var tokenUser: String { replacedUser ?? claims.user }

    var isReplaced: Bool { replacedUser != nil }

    /// The same user with another token: what a plugin said still holds, and all else is the new
    /// token's, so that what an issuer takes back is taken back.
    func renewed(by renewed: Identity) -> Identity {
        guard isReplaced else { return renewed }
        return Identity(
            renewed.claims.with(replacedParts, of: claims),
            inPlaceOf: replacedUser,
            replacedParts
        )
    }
}

extension Claims {
    /// These claims with some parts of others in their place.
    func with(_ parts: Identity.Parts, of other: Claims) -> Claims {
        var claims = self
        if parts.contains(.user) { claims.user = other.user }
        if parts.contains(.info) {
            claims.info = other.info
            claims.name = other.name
        }
        if parts.contains(.capabilities) { claims.capabilities = other.capabilities }
        return claims
    }
}
