// SPDX-License-Identifier: Apache-2.0

/// How long to wait before the next attempt: doubling, with full jitter, up to a bound.
///
/// Full jitter spreads clients that lost the same server at the same moment.
package struct BackOff: Hashable, Sendable {
    package var minimum: Duration
    package var maximum: Duration
    private var failures = 0

    package init(minimum: Duration, maximum: Duration) {
        self.minimum = minimum
        self.maximum = maximum
    }

    package mutating func reset() {
        failures = 0
    }

    /// The wait after one more failure: from half of `minimum` to twice the last bound.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let maximumDoublings = 20  // beyond any sensible maximum, and far from overflow
        let bound = min(maximum, minimum * (1 << min(failures, maximumDoublings)))
        failures += 1
        let lowest = min(minimum / 2, bound)
        let span = max(0, (bound - lowest).wholeMicroseconds)
        return lowest + .microseconds(Int64.random(in: 0...span, using: &generator))
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
