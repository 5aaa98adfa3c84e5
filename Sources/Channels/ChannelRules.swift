// SPDX-License-Identifier: Apache-2.0

/// The rules of every channel: the manifest's for feeds, fixed ones for streams and users.
package struct ChannelRules: Hashable, Sendable {
    /// Of `live:<stream>`, with the history that the manifest's live section asks for.
    private let live: ChannelRule
    /// Of `#<user>`; nil where the manifest has users' channels turned off.
    private let user: ChannelRule?
    /// In the manifest's order.
    private let feeds: [ChannelRule]

    package init(live: ChannelRule, user: ChannelRule?, feeds: [ChannelRule]) {
        self.live = live
        self.user = user
        self.feeds = feeds
    }

    /// The channel's rule; nil where there is no such channel (error 102).
    package func rule(for channel: ChannelName) -> ChannelRule? {
        switch channel.kind {
        case .live: live
        case .user: user
        case .feed: feeds.first { NamePattern.matches($0.pattern, channel.text) }
        }
    }
}

extension ChannelRule {
    /// What holds on `live:<stream>`: capabilities and the manifest's anonymous section alone say
    /// who may do what, so no audience is let in here.
    package static func live(historySize: Int, historyLifetime: Duration) -> ChannelRule {
        var rule = ChannelRule(pattern: "live:*")
        rule.historySize = historySize
        rule.historyLifetime = historyLifetime
        rule.recovery = .forced
        rule.hasPresence = true
        rule.subscribing = .nobody
        return rule
    }

    /// What holds on `#<user>`: notifications, recovered by whoever was away for a while.
    package static var user: ChannelRule {
        var rule = ChannelRule(pattern: "#*")
        rule.historySize = 100
        rule.historyLifetime = .seconds(24 * 3_600)
        rule.recovery = .forced
        rule.subscribing = .nobody
        return rule
    }

    /// Whether the channel keeps publications with positions.
    package var hasHistory: Bool {
        retention == .log && historySize > 0 && historyLifetime > .zero
    }
}
