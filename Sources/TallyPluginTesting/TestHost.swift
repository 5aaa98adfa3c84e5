// SPDX-License-Identifier: Apache-2.0

public import TallyPlugin

/// A host for a plugin's unit tests: no server, no network, and time stands still until it is moved.
///
/// ```swift
/// let host = try await TestHost(Hello.self, settings: ["greeting": "Hi"])
/// #expect(await host.comment("hello") == .rejected(code: 405, message: "Hi"))
/// ```
///
/// Calls reach the plugin as Tally's do, through the C interface and on a loop of its own.
public final class TestHost: Sendable {
    private let worker: TestWorker

    /// Makes an instance.
    ///
    /// `onCall` answers what the plugin asks of the node with ``Host/call(_:_:)``; the store needs no
    /// answer, and everything else is `[:]` without it.
    ///
    /// - Throws: What the plugin's `init` throws, and a ``SettingsError`` where the settings do not fit.
    public init(
        _ type: any Plugin.Type,
        settings: JSON = [:],
        onCall: @escaping @Sendable (String, JSON) -> Result<JSON, HostError> = { _, _ in
            .success([:])
        }
    ) async throws {
        let worker = TestWorker(settings: settings, onCall: onCall)
        self.worker = worker
        try await TestLoop.shared.run { Result { try worker.start(type) } }.get()
    }

    /// Ends the instance, as its worker does; one that is not ended stays until the tests end.
    public func stop() async {
        await TestLoop.shared.run { [worker] in worker.stop() }
    }

    /// Runs the plugin's self-test, and returns what it complains about.
    public func selfTest() async -> String? {
        await TestLoop.shared.run { [worker] in worker.selfTest() }
    }

    /// Calls a hook and waits for its answer, however late; `data` is as tally_plugin.h says.
    public func call(
        _ hook: TestHook,
        _ data: JSON = [:],
        from caller: TestCaller = TestCaller(),
        http: HTTPRequest? = nil
    ) async -> TestAnswer {
        await withCheckedContinuation { continuation in
            TestLoop.shared.post { [worker] in
                worker.call(hook, data, caller, http) { continuation.resume(returning: $0) }
            }
        }
    }

    /// What the plugin has asked for so far.
    public var record: TestRecord {
        get async { await TestLoop.shared.run { [worker] in worker.record } }
    }

    /// Moves the time on, and with it the timers that are due.
    public func advance(by duration: Duration) async {
        await TestLoop.shared.run { [worker] in worker.advance(by: duration) }
    }
}

extension TestHost {
    /// A comment, by its text.
    public func comment(
        _ text: String,
        from caller: TestCaller = TestCaller()
    ) async -> TestAnswer {
        await call(.comment, ["text": .string(text)], from: caller)
    }

    /// A method of the plugin's own, by its name without the plugin's.
    public func rpc(
        _ method: String,
        _ data: JSON = [:],
        from caller: TestCaller = TestCaller()
    ) async -> TestAnswer {
        await call(.rpc, ["method": .string(method), "data": data], from: caller)
    }
}

/// Who calls, and where.
public struct TestCaller: Sendable {
    /// The client's connection.
    public var session: UInt64 = 1
    /// The user id; empty: anonymous.
    public var user = "ana"
    /// The client id.
    public var client = "client-1"
    /// The profile's name.
    public var name = "Ana"
    /// The client's address.
    public var address = "127.0.0.1"
    /// The token's `info`.
    public var info: JSON?
    /// The stream; empty: none.
    public var stream = "show"
    /// nil: the stream's own.
    public var channel: String?
    /// What the client may do there.
    public var permissions: Permissions = [.subscribe, .publish]

    /// Ana, on the stream `show`, who may watch and comment.
    public init(
        user: String = "ana",
        stream: String = "show",
        permissions: Permissions = [.subscribe, .publish]
    ) {
        self.user = user
        self.stream = stream
        self.permissions = permissions
    }
}
