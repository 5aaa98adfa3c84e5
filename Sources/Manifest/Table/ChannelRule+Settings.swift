// SPDX-License-Identifier: Apache-2.0

package import Channels

extension ChannelRule {
    /// Every key of a rule under `channels`, in the manifest's order.
    package static let settings: [Setting<ChannelRule>] = [
        .pattern(patternKey, \.pattern),
        .choice("retention", \.retention, of: Retention.allCases),
        .count("history_size", \.historySize, in: 0...1_000_000),
        .duration("history_lifetime", \.historyLifetime, in: .zero...(.seconds(365 * 86_400))),
        .choice("recovery", \.recovery, of: Recovery.allCases),
        .flag("presence", \.hasPresence),
        .flag("join_leave", \.announcesJoinLeave),
        .choice("subscribe", \.subscribing, of: [.nobody, .everyone]),
        .choice("publish", \.publishing, of: Audience.allCases),
        .choice("read_history", \.historyReading, of: Audience.allCases),
        .choice("read_presence", \.presenceReading, of: Audience.allCases),
        .flag("subscription_token", \.requiresSubscriptionToken),
    ]

    /// The one key that a rule must have.
    package static let patternKey = "match"

    /// A rule as it is before its keys are read: everything off that costs or reveals something.
    package static var blank: ChannelRule { ChannelRule(pattern: "*") }
}
