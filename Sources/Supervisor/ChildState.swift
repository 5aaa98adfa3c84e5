// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// One place among the children, and the processes that fill it, as `Supervision` sees them.
struct ChildState {
    enum Condition: Hashable {
        /// Told to start; whether that works is not known yet.
        case starting
        case running
        case waiting(until: MonotonicTime)
        /// Ended, and not to be started again.
        case ended
    }

    let identity: ProcessIdentity
    private(set) var condition = Condition.starting
    var backOff: BackOff
    /// Whether any process in this place came as far as serving.
    var hasServed = false
    /// The process that does the work.
    private(set) var process: WatchedProcess?
    /// One that is about to take it over.
    var successor: WatchedProcess?

    init(_ identity: ProcessIdentity, _ timing: SupervisionTiming) {
        self.identity = identity
        backOff = BackOff(timing)
    }

    var isServing: Bool { process?.isServing ?? false }

    mutating func began(_ process: WatchedProcess) {
        condition = .running
        self.process = process
    }

    mutating func willStart() {
        condition = .starting
    }

    mutating func ended(waitingUntil restart: MonotonicTime?) {
        condition = restart.map { .waiting(until: $0) } ?? .ended
        process = nil
    }

    mutating func markKilled() {
        process?.wasKilled = true
    }

    /// Looks at both processes; see `WatchedProcess.observe`.
    ///
    /// Only the one that does the work is killed for standing still: its successor has a deadline of
    /// its own.
    mutating func observe(
        _ signs: [Int32: SignOfLife],
        watched: Duration,
        _ timing: SupervisionTiming
    ) -> KillReason? {
        if let pid = successor?.pid, let sign = signs[pid] {
            _ = successor?.observe(sign, watched: watched, timing)
        }
        guard let pid = process?.pid, let sign = signs[pid] else { return nil }
        let reason = process?.observe(sign, watched: watched, timing)
        hasServed = hasServed || isServing
        return reason
    }
}
