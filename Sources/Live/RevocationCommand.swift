// SPDX-License-Identifier: Apache-2.0

import ClientProtocol

/// `token.revoke`: from now on some tokens are not believed, although they are rightly signed.
///
/// Times are Unix seconds, as they are in tokens.
package struct RevocationCommand: Hashable, Sendable {
    package let target: TokenRevocation.Target
    /// Tokens whose `iat` is earlier, and those without one; nil: those of this second, too.
    package let issuedBefore: Int64?
    /// When every such token has expired; nil: nobody knows.
    package let expiresAt: Int64?

    package init(
        target: TokenRevocation.Target,
        issuedBefore: Int64? = nil,
        expiresAt: Int64? = nil
    ) {
        self.target = target
        self.issuedBefore = issuedBefore
        self.expiresAt = expiresAt
    }

    init(_ data: CommandData) throws(ErrorReply) {
        target = try Self.target(data)
        // A time in milliseconds, by mistake, is beyond the range.
        issuedBefore = try data.integer("issued_before", in: 0...Self.latestTime)
        expiresAt = try data.integer("expires_at", in: 0...Self.latestTime)
        if case .token = target, issuedBefore != nil {
            throw ErrorReply(.badRequest, "issued_before goes with user or everyone")
        }
    }

    /// The end of the year 9999, as in a token.
    private static let latestTime: Int64 = 253_402_300_799

    private static func target(
        _ data: CommandData
    ) throws(ErrorReply) -> TokenRevocation.Target {
        let token = try data.identifier("jti", maximumByteCount: LiveLimits.maximumUserByteCount)
        let user = try data.identifier("user", maximumByteCount: LiveLimits.maximumUserByteCount)
        let everyone = try data.bool("everyone") ?? false
        switch (token, user, everyone) {
        case (let token?, nil, false): return .token(token)
        case (nil, let user?, false): return .user(user)
        case (nil, nil, true): return .everyone
        default: throw ErrorReply(.badRequest, "one of jti, user and everyone: true is needed")
        }
    }
}
