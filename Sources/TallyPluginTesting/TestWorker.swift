// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin
import TallyPlugin

/// The worker that a test host plays; everything in it happens on the test loop.
@safe
final class TestWorker: @unchecked Sendable {
    // `@unchecked`: touched on the loop alone, but for `table`, which is made once.
    let table: UnsafeMutablePointer<tally_host>
    let settings: UnsafeMutablePointer<json_t>?
    let onCall: @Sendable (String, JSON) -> Result<JSON, HostError>
    var record = TestRecord()
    var store = TestStore()
    var timers = TestTimers()
    private var descriptor = unsafe tally_plugin_descriptor()
    private var instance: UnsafeMutableRawPointer?
    private var waiting: [UInt64: (TestAnswer) -> Void] = [:]
    private var lastTicket: UInt64 = 0

    init(settings: JSON, onCall: @escaping @Sendable (String, JSON) -> Result<JSON, HostError>) {
        unsafe self.settings = settings.makeValue()
        self.onCall = onCall
        unsafe table = TestTable.make()
    }

    func start(_ type: any Plugin.Type) throws {
        unsafe TestTable.setOwner(of: table, to: self)
        unsafe descriptor = DescriptorTable.makeDescriptor(of: type).pointee
        unsafe instance = try DescriptorTable.makeInstance(type, table)
    }

    func stop() {
        guard let instance = unsafe instance else { return }
        unsafe descriptor.destroy?(instance)
        unsafe self.instance = nil
        for answer in waiting.values { answer(.allowed) }
        waiting = [:]
    }

    func selfTest() -> String? {
        let size = 256
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { text in
            unsafe text.initialize(repeating: 0)
            guard let start = text.baseAddress,
                unsafe descriptor.self_test(instance, start, size) != 0
            else { return nil }
            return unsafe String(cString: start)
        }
    }

    func call(
        _ hook: TestHook,
        _ data: JSON,
        _ caller: TestCaller,
        _ http: HTTPRequest?,
        then: @escaping (TestAnswer) -> Void
    ) {
        guard let function = unsafe hook.function(of: descriptor), unsafe instance != nil else {
            return then(.allowed)
        }
        lastTicket += 1
        let ticket = lastTicket
        var answer = unsafe tally_answer()
        unsafe answer.struct_size = UInt32(MemoryLayout<tally_answer>.size)
        let verdict = unsafe TestCallBuilder(caller, ticket: ticket).withCall(data, http) { call in
            unsafe function(instance, call, &answer)
        }
        if Int(verdict) == TALLY_PENDING {
            waiting[ticket] = then
            record.deferrals += 1
        } else {
            unsafe then(TestAnswer(verdict, answer))
        }
    }

    /// False: no such call waits.
    func answer(_ ticket: UInt64, _ answer: TestAnswer) -> Bool {
        guard let then = waiting.removeValue(forKey: ticket) else { return false }
        then(answer)
        return true
    }

    /// A timer that fires may start and end others, so none is held meanwhile.
    func advance(by duration: Duration) {
        let end = timers.time + duration
        while let fire = timers.next(until: end) { fire() }
    }
}
