// SPDX-License-Identifier: Apache-2.0

import Hooks
import JSON
import Logging
import Manifest
import Reactor
import Synchronization
import TestSupport
import Testing

@testable import PluginHost

/// A plugin host on a loop of its own, with a node that only takes notes.
final class TestHost {
    let loop: EventLoop
    let node = TestNode()
    let host: PluginHost
    let log = LogNotes()

    init(
        _ plugins: [PluginSettings],
        quarantined: Set<String> = [],
        loading: Bool = true
    ) throws {
        loop = try EventLoop()
        let notes = log
        host = PluginHost(
            loop: loop,
            plugins: plugins,
            quarantined: quarantined,
            status: nil,
            services: node,
            workerIndex: 2,
            workerCount: 4,
            logger: Logger(label: "test") { _ in notes }
        )
        node.host = host
        if loading { try host.load() }
    }

    /// With the scripted plugin as it is.
    convenience init(_ change: (inout PluginSettings) -> Void = { _ in }) throws {
        try self.init([Self.scripted(change)])
    }

    static func scripted(
        _ change: (inout PluginSettings) -> Void = { _ in }
    ) throws -> PluginSettings {
        var settings = PluginSettings()
        settings.name = "scripted"
        settings.library = try ScriptedPlugin.path()
        change(&settings)
        return settings
    }

    /// Turns the loop until something is there.
    func wait<Value>(_ seconds: Int = 10, for value: () -> Value?) throws -> Value {
        let deadline = MonotonicTime.now() + .seconds(seconds)
        while MonotonicTime.now() < deadline {
            if let value = value() { return value }
            try loop.runOnce(maximumWait: .milliseconds(20))
        }
        throw TooLate()
    }

    struct TooLate: Error {}

    /// Asks, and waits for the outcome.
    func decide(_ hook: Hook, _ data: String, plugin: String? = nil) throws -> HookOutcome {
        let answer = Answer()
        host.decide(hook, Self.subject(data), plugin: plugin) { answer.outcomes.append($0) }
        let outcome = try wait { answer.outcomes.first }
        #expect(answer.outcomes.count == 1)
        return outcome
    }

    /// Asks, and does not wait.
    func begin(_ hook: Hook, _ data: String) -> Answer {
        let answer = Answer()
        host.decide(hook, Self.subject(data)) { answer.outcomes.append($0) }
        return answer
    }

    /// What the scripted plugin's `rpc` answers.
    func rpc(_ data: String) throws -> JSONValue {
        guard case .allowed(let text?) = try decide(.rpc, data, plugin: "scripted") else {
            throw NoResult()
        }
        return try JSONValue.parse(
            text,
            limits: JSONLimits(maximumByteCount: 1 << 20, maximumDepth: 32)
        )
    }

    struct NoResult: Error {}

    func status(_ data: String) throws -> Int64? { try rpc(data)["status"]?.integer }

    /// What the plugin has seen since it was asked last.
    func notes() throws -> [String] {
        try rpc(#"{"do":"notes"}"#).elements.compactMap(\.string)
    }

    /// Waits until the plugin has seen so much.
    func notes(count: Int) throws -> [String] {
        var all: [String] = []
        return try wait {
            all += (try? notes()) ?? []
            return all.count >= count ? all : nil
        }
    }

    static func subject(_ data: String) -> HookSubject {
        var subject = HookSubject()
        subject.session = 7
        subject.user = "anna"
        subject.client = "c-1"
        subject.name = "Anna"
        subject.address = "192.0.2.1"
        subject.info = Array(#"{"plan":"gold"}"#.utf8)
        subject.channel = "live:show"
        subject.stream = "show"
        subject.permissions = 5
        subject.data = Array(data.utf8)
        return subject
    }
}

/// Outcomes of one question: there must never be two.
final class Answer {
    var outcomes: [HookOutcome] = []
}

final class TestNode: PluginServices {
    struct Call {
        let plugin: String
        let method: String
        let parameters: String
        let then: (Result<[UInt8], PluginServiceError>) -> Void
    }

    weak var host: PluginHost?
    var calls: [Call] = []
    var answersAtOnce = false
    var sent: [(session: UInt64, data: String)] = []
    var disconnected: [(session: UInt64, code: UInt16, reason: String)] = []
    var unsubscribed: [(session: UInt64, channel: String)] = []

    func call(
        plugin: String,
        method: String,
        parameters: [UInt8],
        then: @escaping (Result<[UInt8], PluginServiceError>) -> Void
    ) {
        let text = String(decoding: parameters, as: UTF8.self)
        calls.append(Call(plugin: plugin, method: method, parameters: text, then: then))
        if answersAtOnce { then(.success(Array(#"{"at":"once"}"#.utf8))) }
    }

    func send(session: UInt64, data: [UInt8]) -> Bool {
        sent.append((session, String(decoding: data, as: UTF8.self)))
        return session == 7
    }

    func disconnect(session: UInt64, code: UInt16, reason: String) -> Bool {
        guard session == 7 else { return false }
        disconnected.append((session, code, reason))
        // As a worker does: who is gone is told of at once.
        host?.notify(.disconnected, HookSubject())
        return true
    }

    func unsubscribe(session: UInt64, channel: String) -> Bool {
        unsubscribed.append((session, channel))
        return session == 7
    }
}

/// Keeps log lines: `level message field=value ...`.
struct LogNotes: LogHandler {
    final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]
    private let storage = Lines()

    var lines: [String] { storage.all.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        storage.all.withLock { $0.append("\(event.level) \(event.message)\(fields)") }
    }
}

extension HookOutcome {
    /// To compare with.
    var text: String {
        switch self {
        case .allowed(nil): "allowed"
        case .allowed(let replacement?):
            "allowed " + String(decoding: replacement, as: UTF8.self)
        case .rejected(let code, let message): "rejected \(code) \(message)"
        case .answered(let response):
            "answered \(response.status) \(response.contentType) "
                + response.headers.map { "\($0.name)=\($0.value) " }.joined()
                + String(decoding: response.body, as: UTF8.self)
        }
    }
}
