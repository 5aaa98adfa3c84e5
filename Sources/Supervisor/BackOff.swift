// SPDX-License-Identifier: Apache-2.0

/// How long to wait before a child that keeps dying is started again.
struct BackOff {
    private let minimum: Duration
    private let maximum: Duration
    private let stableAfter: Duration
    private var next: Duration

    init(_ timing: SupervisionTiming) {
        minimum = timing.minimumBackOff
        maximum = max(timing.minimumBackOff, timing.maximumBackOff)
        stableAfter = timing.stableAfter
        next = timing.minimumBackOff
    }

    /// The wait after a death; the next one is twice as long, unless the child lives long first.
    mutating func delay(afterLiving lifetime: Duration) -> Duration {
        if lifetime >= stableAfter { next = minimum }
        let delay = next
        next = delay > maximum / 2 ? maximum : delay * 2
        return delay
    }
}
