// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// One child and its replacements, as `Supervision` sees them.
struct ChildState {
    enum Condition: Hashable {
        /// Told to start; whether that works is not known yet.
        case starting
        case running(pid: Int32)
        case waiting(until: MonotonicTime)
        /// Ended, and not to be started again.
        case ended
    }

    let identity: ProcessIdentity
    var condition = Condition.starting
    var backOff: BackOff
    var startedAt: MonotonicTime
    /// Whether any process in this place came as far as serving.
    var hasServed = false
    /// Whether the process that runs now did.
    var isServing = false
    /// So that a child is killed once, and not at every tick until the kernel is done with it.
    var wasKilled = false

    private var lastBeat: UInt64 = 0
    /// For how long the beat has stood still *while the supervisor was watching*.
    private var stillFor: Duration = .zero

    init(_ identity: ProcessIdentity, _ timing: SupervisionTiming, now: MonotonicTime) {
        self.identity = identity
        backOff = BackOff(timing)
        startedAt = now
    }

    var pid: Int32? {
        if case .running(let pid) = condition { return pid }
        return nil
    }

    mutating func began(pid: Int32, now: MonotonicTime) {
        condition = .running(pid: pid)
        startedAt = now
        isServing = false
        wasKilled = false
        stillFor = .zero
    }

    /// Takes note of the status page; `watched` is how long the supervisor has looked since the
    /// last time.
    ///
    /// - Returns: why it is to be killed; nil when it is well.
    mutating func observe(
        _ sign: SignOfLife,
        watched: Duration,
        _ timing: SupervisionTiming
    ) -> KillReason? {
        isServing = isServing || sign.isServing
        hasServed = hasServed || isServing
        if sign.beatCount != lastBeat {
            lastBeat = sign.beatCount
            stillFor = .zero
            return nil
        }
        stillFor += watched
        guard !wasKilled else { return nil }
        if isServing {
            return stillFor >= timing.heartbeatTimeout ? .heartbeatStalled(stillFor) : nil
        }
        return stillFor >= timing.startTimeout ? .notServing(after: stillFor) : nil
    }
}
