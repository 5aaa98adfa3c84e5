// SPDX-License-Identifier: Apache-2.0

package import Channels

/// When a stream's viewer figures are told to its viewers: at most once an interval, when changed.
///
/// Quiet streams tell at once; busy ones at the end of the interval. It also holds what the audience
/// gained since it was last recorded, so that recording costs once an interval too.
package struct ViewerMeter: Sendable {
    private var lastTold: Timestamp?
    private var lastFigures: ViewerFigures?
    private var unrecordedUsers: Set<UInt64> = []
    private var unrecordedPeak = 0

    package init() {}

    package func figures(viewers: Int, audience: Audience) -> ViewerFigures {
        ViewerFigures(
            viewers: viewers,
            uniqueViewers: audience.uniqueCount + unrecordedUsers.count,
            peakViewers: max(audience.peak, unrecordedPeak)
        )
    }

    /// A viewer came while the stream runs.
    package mutating func see(_ user: UInt64, viewers: Int, audience: Audience) {
        unrecordedPeak = max(unrecordedPeak, viewers)
        guard audience.uniqueCount + unrecordedUsers.count < Audience.maximumUniqueCount else {
            return
        }
        if !audience.contains(user) { unrecordedUsers.insert(user) }
    }

    /// What the audience gained; nil for nothing.
    package mutating func takeUnrecorded(
        audience: Audience
    ) -> (users: [UInt64], peak: Int)? {
        guard !unrecordedUsers.isEmpty || unrecordedPeak > audience.peak else { return nil }
        let gained = (users: unrecordedUsers.sorted(), peak: max(unrecordedPeak, audience.peak))
        unrecordedUsers = []
        unrecordedPeak = 0
        return gained
    }

    /// When changed figures may be told: `now`, or later.
    package func nextTelling(now: Timestamp, interval: Duration) -> Timestamp {
        guard let lastTold else { return now }
        return max(now, lastTold + interval)
    }

    /// Notes that these figures are told now; answers false where they are the ones told last.
    package mutating func tell(_ figures: ViewerFigures, at now: Timestamp) -> Bool {
        guard figures != lastFigures else { return false }
        lastFigures = figures
        lastTold = now
        return true
    }
}
