// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// A process that runs, and how it has been doing.
struct WatchedProcess {
    let pid: Int32
    let startedAt: MonotonicTime
    /// Whether it came as far as serving.
    var isServing = false
    /// So that it is killed once, and not at every tick until the kernel is done with it.
    var wasKilled = false

    private var lastBeat: UInt64 = 0
    /// For how long the beat has stood still *while the supervisor was watching*.
    private var stillFor: Duration = .zero

    init(pid: Int32, startedAt: MonotonicTime) {
        self.pid = pid
        self.startedAt = startedAt
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

/// A process that was replaced, or is not needed any more, and finishes what it has.
struct RetiringProcess: Hashable {
    let identity: ProcessIdentity
    let pid: Int32
    /// When it is killed.
    var until: MonotonicTime
    var wasKilled = false
}
