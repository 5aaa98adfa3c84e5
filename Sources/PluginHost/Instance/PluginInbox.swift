// SPDX-License-Identifier: Apache-2.0

import Reactor
import Synchronization

/// What other threads want of the loop, for one plugin; they wake the loop by a descriptor.
///
/// The lock is held for the length of an append; no path without plugins comes here.
final class PluginInbox: Sendable {
    enum Entry: Sendable {
        /// `run_on_loop`.
        case run(PluginFunction)
        /// `answer`, from another thread.
        case answer(ticket: UInt64, PluginVerdict)
        /// A job of the pool has ended; `done` of the plugin, unless it has none.
        case jobEnded(PluginFunction?)
    }

    enum Refusal: Error {
        case full
        case closed
    }

    private struct State {
        var entries: [Entry] = []
        var requestCount = 0
        var answerCount = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wakeUp: WakeUp

    init() throws(SystemError) {
        wakeUp = try WakeUp()
    }

    /// Readable while something waits.
    var descriptor: Int32 { wakeUp.descriptor }

    /// Any thread.
    func add(_ entry: Entry) throws(Refusal) {
        let refusal: Refusal? = state.withLock { state in
            switch entry {
            case .run:
                if state.isClosed { return .closed }
                if state.requestCount >= PluginLimits.maximumLoopRequests { return .full }
                state.requestCount += 1
            case .answer:
                if state.isClosed { return .closed }
                if state.answerCount >= PluginLimits.maximumWaitingAnswers { return .full }
                state.answerCount += 1
            case .jobEnded: break
            }
            state.entries.append(entry)
            return nil
        }
        if let refusal { throw refusal }
        wakeUp.signal()
    }

    /// The loop: everything that waits, oldest first.
    func takeAll() -> [Entry] {
        wakeUp.clear()
        return state.withLock { state in
            state.requestCount = 0
            state.answerCount = 0
            defer { state.entries = [] }
            return state.entries
        }
    }

    /// The loop: from here on nothing is accepted but the ends of jobs.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Blocks the loop's thread until something waits.
    ///
    /// - Returns: false when the time has passed.
    func waitForEntry(atMost time: Duration) -> Bool {
        wakeUp.wait(atMost: time)
    }
}

/// A function of a plugin and what to call it with.
///
/// Unchecked: Tally only carries the two; what they mean on which thread is the plugin's affair.
@safe struct PluginFunction: @unchecked Sendable {
    typealias Pointer = @convention(c) (UnsafeMutableRawPointer?) -> Void

    private let function: Pointer
    private let argument: UnsafeMutableRawPointer?

    init(_ function: @escaping Pointer, _ argument: UnsafeMutableRawPointer?) {
        unsafe self.function = unsafe function
        unsafe self.argument = unsafe argument
    }

    func call() {
        unsafe function(argument)
    }
}
