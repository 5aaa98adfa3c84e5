// SPDX-License-Identifier: Apache-2.0

import CTallyPlugin
import Glibc
import Logging
import Reactor
import StatusPage
import Synchronization

/// What of Tally a plugin may reach from any thread.
final class HostDesk: Sendable {
    let inbox: PluginInbox
    let workerIndex: UInt32
    let workerCount: UInt32
    /// The loop's.
    private let thread = pthread_self()
    private let logger: Logger
    /// Unchecked: only `number(named:)` is called here, under the lock, and what the loop counts
    /// meanwhile are other words.
    private nonisolated(unsafe) let figures: PluginFigures?
    private let state = Mutex(State())

    private struct State {
        var numbers: [String: (number: PluginNumber?, kind: PluginNumber.Kind)] = [:]
        var logWindow = MonotonicTime(nanoseconds: 0)
        var logLines = 0
        var droppedLines = 0
        var isClosed = false
    }

    init(
        inbox: PluginInbox,
        workerIndex: Int,
        workerCount: Int,
        figures: PluginFigures?,
        logger: Logger
    ) {
        self.inbox = inbox
        self.workerIndex = UInt32(clamping: workerIndex)
        self.workerCount = UInt32(clamping: workerCount)
        unsafe self.figures = figures
        self.logger = logger
    }

    var isOnLoop: Bool { pthread_equal(thread, pthread_self()) != 0 }

    /// `destroy` has ended: whatever comes now comes too late.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    // MARK: Log

    /// TALLY_LIMIT when this second's lines are used up.
    func log(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> Int {
        let now = MonotonicTime.now()
        let (status, dropped) = state.withLock { state -> (Int, Int) in
            if state.isClosed { return (TALLY_CLOSED, 0) }
            var dropped = 0
            if now - state.logWindow >= .seconds(1) {
                dropped = state.droppedLines
                state.logWindow = now
                state.logLines = 0
                state.droppedLines = 0
            }
            guard state.logLines < PluginLimits.logLinesPerSecond else {
                state.droppedLines += 1
                return (TALLY_LIMIT, dropped)
            }
            state.logLines += 1
            return (TALLY_OK, dropped)
        }
        if dropped > 0 {
            logger.warning("log lines of a plugin dropped", metadata: ["lines": "\(dropped)"])
        }
        guard status == TALLY_OK else { return status }
        // What a plugin says is a field: the messages of a log are constant and Tally's own.
        logger.log(
            level: level,
            "plugin says",
            metadata: fields.merging(["text": "\(message)"]) { $1 }
        )
        return status
    }

    // MARK: Numbers

    func add(_ count: UInt64, to name: String) -> Int {
        withNumber(name, .counter) { $0.add(count) }
    }

    func set(_ name: String, to value: Int64) -> Int {
        withNumber(name, .gauge) { $0.set(value) }
    }

    private func withNumber(
        _ name: String,
        _ kind: PluginNumber.Kind,
        _ body: (PluginNumber) -> Void
    ) -> Int {
        guard Self.isNumberName(name) else { return TALLY_BAD_ARGUMENT }
        return state.withLock { state in
            if state.isClosed { return TALLY_CLOSED }
            if let known = state.numbers[name] {
                guard known.kind == kind else { return TALLY_BAD_ARGUMENT }
                if let number = known.number { body(number) }
                return TALLY_OK
            }
            guard state.numbers.count < PluginLimits.maximumNumbers else { return TALLY_LIMIT }
            // nil where nobody keeps figures, as in a check: counted in vain, but by the same rules.
            let number = unsafe figures?.number(named: name, kind)
            state.numbers[name] = (number, kind)
            if let number { body(number) }
            return TALLY_OK
        }
    }

    private static func isNumberName(_ name: String) -> Bool {
        1...PluginLimits.maximumNumberNameByteCount ~= name.utf8.count
            && name.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
            }
    }
}
