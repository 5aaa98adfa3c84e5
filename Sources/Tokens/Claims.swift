// SPDX-License-Identifier: Apache-2.0

package import Channels

/// What a token says, checked and within its limits (RFC 7519 §4).
package struct Claims: Hashable, Sendable {
    /// `sub`; empty for an anonymous user.
    package var user: String
    /// `exp`, `iat` and `nbf` in Unix seconds.
    package var expiresAt: Int64?
    package var issuedAt: Int64?
    package var notBefore: Int64?
    /// `jti`.
    package var tokenID: String?
    package var issuer: String?
    package var audiences: [String]
    /// The public profile: compact JSON text, empty when there is none.
    package var info: [UInt8]
    /// The profile's `name`; empty when there is none.
    package var name: String
    package var capabilities: [Capability]
    /// Set in a subscription token, which speaks of this one channel.
    package var channel: String?

    /// `info` and `name` must agree: only `info` is signed.
    package init(
        user: String,
        expiresAt: Int64? = nil,
        issuedAt: Int64? = nil,
        notBefore: Int64? = nil,
        tokenID: String? = nil,
        issuer: String? = nil,
        audiences: [String] = [],
        info: [UInt8] = [],
        name: String = "",
        capabilities: [Capability] = [],
        channel: String? = nil
    ) {
        self.user = user
        self.expiresAt = expiresAt
        self.issuedAt = issuedAt
        self.notBefore = notBefore
        self.tokenID = tokenID
        self.issuer = issuer
        self.audiences = audiences
        self.info = info
        self.name = name
        self.capabilities = capabilities
        self.channel = channel
    }

    /// What the capabilities that cover the channel allow together.
    package func permissions(on channel: String) -> Permissions {
        var permissions: Permissions = []
        for capability in capabilities where capability.covers(channel) {
            permissions.formUnion(capability.allow)
        }
        return permissions
    }

    /// Whether `permission` is given on every channel there may be: by the pattern `*`.
    package func allowEverywhere(_ permission: Permissions) -> Bool {
        capabilities.contains { capability in
            capability.match == .wildcard && capability.channels.contains("*")
                && capability.allow.isSuperset(of: permission)
        }
    }

    /// The stream ids, and patterns of such, on whose channels `permission` is given.
    package func streams(allowing permission: Permissions) -> [String] {
        var streams: [String] = []
        for capability in capabilities where capability.allow.isSuperset(of: permission) {
            for channel in capability.channels {
                for stream in StreamPatterns.of(channel, match: capability.match)
                where !streams.contains(stream) {
                    streams.append(stream)
                }
            }
        }
        return streams
    }
}
