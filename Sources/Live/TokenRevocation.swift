// SPDX-License-Identifier: Apache-2.0

package import Channels

/// Tokens that are not believed until a moment after which they must have expired.
package struct TokenRevocation: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        /// The token of this `jti`.
        case token(String)
        /// Tokens of this `sub`.
        case user(String)
        case everyone
    }

    package let target: Target
    /// Unix seconds: tokens with an earlier `iat`, or with none; the greatest number for a `jti`.
    package let issuedBefore: Int64
    package let until: Timestamp

    package init(target: Target, issuedBefore: Int64, until: Timestamp) {
        self.target = target
        self.issuedBefore = issuedBefore
        self.until = until
    }
}

extension TokenRevocation.Target {
    /// How the kind of target is written down; never changed.
    package var number: UInt8 {
        switch self {
        case .token: 0
        case .user: 1
        case .everyone: 2
        }
    }

    /// The `jti` or `sub`; empty for everyone.
    package var name: String {
        switch self {
        case .token(let name), .user(let name): name
        case .everyone: ""
        }
    }

    /// nil for what no target is written as.
    package init?(number: UInt8, name: String) {
        switch number {
        case 0: self = .token(name)
        case 1: self = .user(name)
        case 2 where name.isEmpty: self = .everyone
        default: return nil
        }
    }
}
