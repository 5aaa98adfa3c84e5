// SPDX-License-Identifier: Apache-2.0

package import Channels
package import Journal
import Live
package import Manifest

/// What the operator chose for the hub, and the limits that are nobody's choice.
package struct HubOptions: Sendable {
    package var rules: ChannelRules
    package var live: LiveSettings
    package var comments: CommentSettings
    package var hub: HubSettings
    package var journal: JournalSettings
    package var tokens: TokenSettings
    /// Bytes of publications, or of a presence map, in one answer.
    package var maximumAnswerByteCount: Int

    package init(_ configuration: Configuration) {
        rules = configuration.channelRules
        live = configuration.live
        comments = configuration.comments
        hub = configuration.hub
        journal = configuration.journal
        tokens = configuration.tokens
        maximumAnswerByteCount = configuration.maximumAnswerByteCount
    }

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

    /// Plugins that may keep something, also those that are not loaded any more: 256 MiB at most.
    package static let maximumStores = 64
    /// What plugins are still to be told: a start and a stop of 512 streams.
    ///
    /// While they are told of nothing, the oldest gives way.
    package static let maximumNotices = 1_024

    /// Answers that are kept for workers that ask again: some seconds of the busiest hub, which is
    /// back within one.
    package static let maximumRequestAnswers = 100_000

    /// Seconds that `issued_before` may be ahead: clocks differ, and a time in another unit is a
    /// mistake that would lock everybody out.
    static let maximumRevocationLead: Int64 = 300

    /// A worker asks again only while its client waits for the answer, and a restarted hub needs
    /// some time to be back.
    package var requestWindow: Duration { hub.requestTimeout + .seconds(10) }

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

    package var journalOptions: JournalOptions {
        JournalOptions(
            sync: journal.sync == .power ? .power : .process,
            retention: { [self] channel in retention(of: channel) },
            answerWindow: live.idempotencyWindow,
            maximumAnswerCount: live.maximumIdempotencyKeys,
            requestWindow: requestWindow,
            maximumRequestCount: Self.maximumRequestAnswers
        )
    }

    /// What the journal keeps of a channel: of a feed what clients can read, of a stream's more,
    /// for whoever wants it beside a recording.
    func retention(of channel: String) -> ChannelLog.Limits? {
        guard let name = try? ChannelName(channel), let rule = rules.rule(for: name),
            rule.hasHistory
        else { return nil }
        var limits = logLimits(of: rule)
        guard case .live = name.kind else { return limits }
        limits.maximumCount = max(limits.maximumCount, journal.retentionCount)
        limits.maximumByteCount = max(limits.maximumByteCount, journal.retentionByteCount)
        limits.lifetime = max(limits.lifetime, journal.retentionLifetime)
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
