// SPDX-License-Identifier: Apache-2.0

package import Channels
import Live
package import Manifest

/// What the operator chose for the hub, and the limits that are nobody's choice.
package struct HubOptions: Sendable {
    package var rules: ChannelRules
    package var live: LiveSettings
    package var comments: CommentSettings
    package var hub: HubSettings

    package init(_ configuration: Configuration) {
        rules = configuration.channelRules
        live = configuration.live
        comments = configuration.comments
        hub = configuration.hub
    }

    /// Bytes of publications in one answer: half of what a client may have unsent by default, so
    /// that a recovery does not end as a slow consumer.
    package static let maximumAnswerByteCount = 512 * 1024
    /// Bytes of one presence map; a client of a larger channel asks for its statistics instead.
    package static let maximumPresenceByteCount = 512 * 1024
    /// The newest value of a feed without a lifetime is kept for a day.
    package static let latestValueLifetime: Duration = .seconds(24 * 3_600)
    /// Least time between two expiries of one log: a log of many publications costs one timer.
    package static let expiryGranularity: Duration = .seconds(1)
    /// How long workers have, after a hub starts, to bring the broadcasters back.
    package static let settlingTime: Duration = .seconds(5)
    /// How old a count of distinct present users may be where counting is dear.
    package static let userCountAge: Duration = .seconds(1)
    /// Up to so many members, users are counted anew for every question.
    package static let cheapUserCount = 1_000

    var maximumLinkMessageByteCount: Int { hub.maximumLinkMessageByteCount }
    var maximumUnsentByteCount: Int { hub.maximumUnsentByteCount }

    var commentLimits: CommentPolicy.Limits {
        var limits = CommentPolicy.Limits()
        limits.rate = comments.rate
        limits.rateInterval = comments.rateInterval
        limits.duplicateWindow = comments.duplicateWindow
        limits.maximumSlowMode = comments.maximumSlowMode
        return limits
    }

    func logLimits(of rule: ChannelRule) -> ChannelLog.Limits {
        ChannelLog.Limits(
            maximumCount: rule.historySize,
            maximumByteCount: hub.maximumHistoryByteCount,
            lifetime: rule.historyLifetime
        )
    }
}
