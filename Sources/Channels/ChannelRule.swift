// SPDX-License-Identifier: Apache-2.0

/// What the manifest lets happen on the channels whose names match; the first match wins.
package struct ChannelRule: Hashable, Sendable {
    /// Who may do a thing for which no token capability speaks.
    package enum Audience: String, CaseIterable, Sendable {
        case nobody
        /// Connections that are subscribed to the channel.
        case subscribers
        case everyone
    }

    /// Which publications of a channel count.
    package enum Retention: String, CaseIterable, Sendable {
        /// Every message counts: each has an offset and may be recovered.
        case log
        /// Only the newest value counts: no offset, conflated.
        case latest
    }

    package enum Recovery: String, CaseIterable, Sendable {
        case off
        /// A client that asks for it gets it.
        case onRequest = "on_request"
        /// Every subscription is positioned and recoverable.
        case forced
    }

    /// A channel name, with `*` for any run of characters.
    package var pattern: String
    package var retention: Retention = .log
    /// Most publications kept; 0 keeps none.
    package var historySize: Int = 0
    /// How long a publication is kept.
    package var historyLifetime: Duration = .zero
    package var recovery: Recovery = .onRequest
    package var hasPresence: Bool = false
    package var announcesJoinLeave: Bool = false
    package var subscribing: Audience = .everyone
    package var publishing: Audience = .nobody
    package var historyReading: Audience = .nobody
    package var presenceReading: Audience = .nobody
    package var requiresSubscriptionToken: Bool = false

    package init(pattern: String) {
        self.pattern = pattern
    }
}
