// SPDX-License-Identifier: Apache-2.0

import Glibc
import StatusPage
import Synchronization

/// The threads on which one plugin's jobs run.
///
/// A thread is made when a job comes and none is free up to the limit, and ends when no job waits:
/// nothing to wake up, nothing to end with the process.
final class PluginPool: Sendable {
    struct Job: Sendable {
        let work: PluginFunction
        let done: PluginFunction?
    }

    private struct State {
        var waiting: [Job] = []
        /// The first that waits; those before it are taken.
        var next = 0
        var threadCount = 0
    }

    private let state = Mutex(State())
    private let inbox: PluginInbox
    private let number: Int

    /// `number`: the plugin's, by which a death on one of the threads is known for its own.
    init(_ inbox: PluginInbox, number: Int) {
        self.inbox = inbox
        self.number = number
    }

    /// The loop; it counts the jobs.
    ///
    /// - Returns: false when there is no thread for it, nor will be.
    func add(_ job: Job) -> Bool {
        let needsThread = state.withLock { state in
            state.waiting.append(job)
            guard state.threadCount < PluginLimits.threadsPerPlugin else { return false }
            state.threadCount += 1
            return true
        }
        if !needsThread || startThread() { return true }
        return state.withLock { state in
            state.threadCount -= 1
            if state.threadCount > 0 { return true }
            state.waiting.removeLast()
            return false
        }
    }

    private func startThread() -> Bool {
        var thread = pthread_t()
        // Balanced in the thread, which always runs once it was made.
        let own = unsafe Unmanaged.passRetained(self)
        let result = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                // `own` of below.
                if let argument = unsafe argument {
                    unsafe Unmanaged<PluginPool>.fromOpaque(argument).takeRetainedValue().work()
                }
                return nil
            },
            own.toOpaque()
        )
        guard result == 0 else {
            unsafe own.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func work() {
        // Signals are for the loop, but for those by which this thread kills the process: blocked, they
        // would kill it without a word (sigprocmask(2)).
        var others = sigset_t()
        unsafe sigfillset(&others)
        for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS] {
            unsafe sigdelset(&others, signal)
        }
        unsafe pthread_sigmask(SIG_SETMASK, &others, nil)
        StatusSlot.setThread(ofPlugin: number)
        while let job = nextJob() {
            job.work.call()
            // The end of a job is always accepted.
            try? inbox.add(.jobEnded(job.done))
        }
    }

    private func nextJob() -> Job? {
        state.withLock { state in
            guard state.next < state.waiting.count else {
                state.waiting = []
                state.next = 0
                state.threadCount -= 1
                return nil
            }
            state.next += 1
            let job = state.waiting[state.next - 1]
            if state.next == 64 {
                state.waiting.removeFirst(64)
                state.next = 0
            }
            return job
        }
    }
}
