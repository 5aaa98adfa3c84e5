// SPDX-License-Identifier: Apache-2.0

import Reactor

/// A program that is asked whether it could go on in this one's place.
final class Probe {
    /// Most bytes of what it has to say.
    static let maximumReasonByteCount = 4 * 1_024

    let pid: Int32
    /// Its path, to become it.
    let program: String
    /// What it will have to do then.
    let task: SupervisorState.Task
    var timer: TimerID?
    var isLate = false
    private let answer: Descriptor

    init(
        pid: Int32,
        program: String,
        task: SupervisorState.Task,
        answer: consuming Descriptor
    ) {
        self.pid = pid
        self.program = program
        self.task = task
        self.answer = answer
    }

    /// What it wrote before it ended; empty when it said nothing.
    var reason: String {
        var buffer = [UInt8](repeating: 0, count: Self.maximumReasonByteCount)
        guard case .transferred(let count) = Socket.receive(answer.raw, into: &buffer) else {
            return ""
        }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
