// SPDX-License-Identifier: Apache-2.0

package import Channels

/// One entry of a token's `caps`: what may be done on which channels.
package struct Capability: Hashable, Sendable {
    package enum Match: String, CaseIterable, Sendable {
        /// The channels' names as they are.
        case exact
        /// Patterns, with `*` for any run of characters.
        case wildcard
    }

    package let channels: [String]
    package let match: Match
    package let allow: Permissions

    package init(channels: [String], match: Match, allow: Permissions) {
        self.channels = channels
        self.match = match
        self.allow = allow
    }

    package func covers(_ channel: String) -> Bool {
        switch match {
        case .exact: channels.contains(channel)
        case .wildcard: channels.contains { NamePattern.matches($0, channel) }
        }
    }
}
