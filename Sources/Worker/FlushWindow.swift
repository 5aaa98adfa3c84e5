// SPDX-License-Identifier: Apache-2.0

import Reactor

/// How long what is said on a channel waits for more, so that several messages share one send.
///
/// After a flush the channel rests for eight times as long as the flush took, up to a bound: one
/// channel's sends then take at most a ninth of its worker's time until the bound is reached. What
/// comes after the rest leaves at once, so a quiet channel never waits, and neither does a small
/// one, whose rest would be shorter than the loop's timers are exact. Once sending takes more than
/// half of the worker's time, whatever the channel, every flush is followed by the whole bound.
struct FlushWindow {
    private static let restPerWork = 8
    private static let leastRest = Duration.milliseconds(1)

    private var restsUntil = MonotonicTime(nanoseconds: 0)

    /// How long a batch that begins now has to wait; nil: it leaves at once.
    func wait(at now: MonotonicTime) -> Duration? {
        restsUntil > now ? restsUntil - now : nil
    }

    /// Begins the rest after a flush that took so much work.
    mutating func flushed(
        taking work: Duration,
        at now: MonotonicTime,
        bound: Duration,
        isWorkerBusy: Bool
    ) {
        let rest = isWorkerBusy ? bound : min(bound, work * Self.restPerWork)
        restsUntil = rest >= Self.leastRest ? now + rest : now
    }
}
