// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A moment on the clock that never jumps (CLOCK_MONOTONIC); it stands still while suspended.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    /// Since an arbitrary moment, the same for all processes of one boot.
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Later than every deadline.
    package static let distantFuture = MonotonicTime(nanoseconds: .max)

    package static func now() -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64(clock(CLOCK_MONOTONIC)))
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Clamped at the clock's ends: an interval that a manifest made absurd is just far away.
    package static func + (moment: MonotonicTime, interval: Duration) -> MonotonicTime {
        let step = interval.clampedNanoseconds
        if step >= 0 {
            let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(UInt64(step))
            return MonotonicTime(nanoseconds: overflow ? .max : sum)
        }
        let (difference, underflow) = moment.nanoseconds.subtractingReportingOverflow(
            step.magnitude
        )
        return MonotonicTime(nanoseconds: underflow ? 0 : difference)
    }

    package static func - (later: MonotonicTime, earlier: MonotonicTime) -> Duration {
        later >= earlier
            ? .nanoseconds(Int64(clamping: later.nanoseconds - earlier.nanoseconds))
            : .nanoseconds(-Int64(clamping: earlier.nanoseconds - later.nanoseconds))
    }
}

/// The clock of calendars; it can jump, so it only labels, never measures.
package enum WallClock {
    /// Unix milliseconds.
    package static func now() -> Int64 {
        clock(CLOCK_REALTIME) / 1_000_000
    }
}

extension Duration {
    /// Nanoseconds, held to what 64 bits can say (292 years).
    package var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return tooLarge || overflow ? (seconds < 0 ? .min : .max) : sum
    }
}

/// Nanoseconds on one of the kernel's clocks, `clock_gettime(2)`.
private func clock(_ identifier: clockid_t) -> Int64 {
    var time = timespec()
    // `time` is a live local; these clocks exist on every Linux.
    let result = unsafe clock_gettime(identifier, &time)
    precondition(result == 0, "clock_gettime")
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
