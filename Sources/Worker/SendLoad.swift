// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Which share of its time the worker spends on sending to viewers.
struct SendLoad {
    /// Long enough to even out single flushes, short enough to notice a burst.
    private static let interval = Duration.milliseconds(100)

    private var began: MonotonicTime
    private var work = Duration.zero

    /// Whether sends took more than half of the last whole interval.
    private(set) var isHigh = false

    init(at now: MonotonicTime) {
        began = now
    }

    mutating func add(_ work: Duration, at now: MonotonicTime) {
        self.work += work
        let elapsed = now - began
        guard elapsed >= Self.interval else { return }
        isHigh = self.work * 2 > elapsed
        began = now
        self.work = .zero
    }
}
