// SPDX-License-Identifier: Apache-2.0

/// A moment in Unix milliseconds, the unit of every time that a client or the journal sees.
///
/// Pure modules never read a clock: a role reads it once per event and passes it in. The hub makes
/// sure that the timestamps it passes never go backwards.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package static func + (moment: Timestamp, interval: Duration) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds + interval.milliseconds)
    }

    package static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        .milliseconds(later.milliseconds - earlier.milliseconds)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
