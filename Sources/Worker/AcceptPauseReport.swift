// SPDX-License-Identifier: Apache-2.0

import Reactor

/// When to say that clients had to wait because the process had no descriptor left.
///
/// At once, and then a summary a minute: it happens twice a second for as long as it lasts.
struct AcceptPauseReport {
    static let interval = Duration.seconds(60)

    private var reported = 0
    private var lastReport: MonotonicTime?

    /// How many pauses to report now, of those since the process's start; nil for silence.
    mutating func due(_ count: Int, now: MonotonicTime) -> Int? {
        guard count > reported else { return nil }
        if let lastReport, now - lastReport < Self.interval { return nil }
        defer {
            reported = count
            lastReport = now
        }
        return count - reported
    }
}
