// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin
import Synchronization

/// Runs what is isolated to ``Loop`` on the loop of the host.
///
/// However many jobs wait, at most one request for `run_on_loop` is out, so that its limit cannot be
/// reached and no job is lost.
final class LoopExecutor: SerialExecutor {
    static let shared = LoopExecutor()

    private struct State {
        var waiting: [UnownedJob] = []
        var isDrainRequested = false
        /// The hosts that are there, of which any leads to the loop; in a worker, one.
        var hosts: [HostCore] = []
    }

    private let state = Mutex(State())

    func attach(_ host: HostCore) {
        state.withLock { $0.hosts.append(host) }
    }

    func detach(_ host: HostCore) {
        state.withLock { $0.hosts.removeAll { $0 === host } }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let host: HostCore? = state.withLock { state in
            state.waiting.append(job)
            guard !state.isDrainRequested, let host = state.hosts.last else { return nil }
            state.isDrainRequested = true
            return host
        }
        if let host { requestDrain(of: host) }
    }

    private func requestDrain(of host: HostCore) {
        let isAccepted = unsafe host.runOnLoop { _ in LoopExecutor.shared.drain() }
        // The next job asks again. Refused is it when the instance ends, and then nothing is to run.
        if !isAccepted { state.withLock { $0.isDrainRequested = false } }
    }

    /// Runs the jobs that wait now; those that they make wait for the loop to come round.
    private func drain() {
        let jobs = state.withLock { state in
            state.isDrainRequested = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    func isIsolatingCurrentContext() -> Bool? {
        isOnLoop
    }

    func checkIsolated() {
        precondition(isOnLoop, "not on the loop")
    }

    private var isOnLoop: Bool {
        state.withLock { state in state.hosts.contains { $0.isOnLoop } }
    }
}
