// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

/// One instance of a plugin, behind the `void *` that `create` returns.
@Loop
final class Instance {
    private let plugin: any Plugin
    let host: Host
    let handlers: Handlers
    var texts = AnswerTexts()
    /// Calls that are answered later, by ticket; Tally bounds them.
    var pending: [UInt64: Task<Void, Never>] = [:]

    init<Type: Plugin>(_ type: Type.Type, host: Host) throws {
        let settings = unsafe host.core.onLoop { host in
            unsafe JSON(borrowing: host.pointee.settings(host))
        }
        self.host = host
        let plugin = try Type(
            host: host,
            settings: JSONDecoder.decode(Type.Settings.self, from: (settings ?? nil) ?? [:])
        )
        self.plugin = plugin
        handlers = Handlers(plugin)
    }

    func selfTest() throws {
        try plugin.selfTest()
    }

    func stop() {
        for task in pending.values { task.cancel() }
        plugin.stop()
        host.core.close()
    }

    /// Answers a call that was pending; too late is no error, since the manifest has answered.
    func answer(_ ticket: UInt64, _ verdict: Verdict<some Answering>) {
        texts = AnswerTexts()
        var answer = unsafe tally_answer()
        unsafe answer.struct_size = UInt32(MemoryLayout<tally_answer>.size)
        let code = unsafe verdict.write(to: &answer, texts: &texts)
        let taken = unsafe host.core.onLoop { host in
            unsafe host.pointee.answer(host, ticket, code, &answer)
        }
        // Given to the host whatever it returns, so only without a host there is something to let go.
        if taken == nil {
            unsafe json_decref(answer.data)
            unsafe json_decref(answer.http_headers)
        }
    }

    /// The instance that Tally hands to a hook, on the loop.
    nonisolated static func at<Result: Sendable>(
        _ pointer: UnsafeMutableRawPointer?,
        _ body: @Loop (Instance) -> Result
    ) -> Result? {
        guard let pointer = unsafe pointer else { return nil }
        // `create` retained it, and `destroy`, after which nothing is called, releases it.
        let instance = unsafe Unmanaged<Instance>.fromOpaque(pointer).takeUnretainedValue()
        return Loop.assumeIsolated { body(instance) }
    }

    nonisolated static func answer(
        _ pointer: UnsafeMutableRawPointer?,
        _ call: UnsafePointer<tally_call>?,
        _ answer: UnsafeMutablePointer<tally_answer>?,
        _ body: @Loop (Instance, tally_call, inout tally_answer) -> tally_verdict
    ) -> tally_verdict {
        // Borrowed from the loop for the call, and this is the loop: no other thread sees them.
        nonisolated(unsafe) let borrowed = unsafe (call: call, answer: answer)
        return unsafe at(pointer) { instance in
            guard let call = unsafe borrowed.call, let answer = unsafe borrowed.answer else {
                return tally_verdict(TALLY_ALLOW)
            }
            return unsafe body(instance, call.pointee, &answer.pointee)
        } ?? tally_verdict(TALLY_ALLOW)
    }
}
