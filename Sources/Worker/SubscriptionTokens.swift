// SPDX-License-Identifier: Apache-2.0

import HubLink
import Tokens

/// What a revocation can know a subscription's token by; its user is the connection's.
struct SubscriptionToken: Hashable {
    /// `jti`.
    let id: String?
    /// `iat` in Unix seconds.
    let issuedAt: Int64?

    init(id: String?, issuedAt: Int64?) {
        self.id = id
        self.issuedAt = issuedAt
    }

    init(_ claims: Claims) {
        self.init(id: claims.tokenID, issuedAt: claims.issuedAt)
    }
}

/// The tokens of subscriptions that needed one, beside their sessions: most have none, and would
/// pay for the room.
struct SubscriptionTokens {
    private var tokens: [SessionID: [String: SubscriptionToken]] = [:]

    var isEmpty: Bool { tokens.isEmpty }

    /// Sessions that have any.
    var sessions: [SessionID] { Array(tokens.keys) }

    func tokens(of session: SessionID) -> [String: SubscriptionToken] {
        tokens[session] ?? [:]
    }

    mutating func set(_ token: SubscriptionToken, of session: SessionID, to channel: String) {
        tokens[session, default: [:]][channel] = token
    }

    mutating func remove(of session: SessionID, to channel: String) {
        guard !tokens.isEmpty, tokens[session]?.removeValue(forKey: channel) != nil else { return }
        if tokens[session]?.isEmpty == true { tokens[session] = nil }
    }

    mutating func remove(of session: SessionID) {
        guard !tokens.isEmpty else { return }
        tokens[session] = nil
    }
}
