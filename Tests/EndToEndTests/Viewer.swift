// SPDX-License-Identifier: Apache-2.0

import Client
import JSON
import Reactor
import TLS
import Testing

/// A client of a test, with the words that the tests use.
struct Viewer {
    /// Longer than anything takes on a busy machine; a wait ends as soon as it is over.
    static let patience = Duration.seconds(20)

    let script: ScriptedClient
    /// The node that its first connection landed on: one for each worker.
    let node: String

    init(
        _ server: TallyServer,
        on loop: EventLoop,
        token: String = "",
        watching stream: String? = nil
    ) throws {
        try self.init(try server.url(), nil, on: loop, token: token, watching: stream)
    }

    /// `security`: whom to trust behind `wss://`.
    init(
        _ url: ServerURL,
        _ security: TLSClient?,
        on loop: EventLoop,
        token: String = "",
        watching stream: String? = nil
    ) throws {
        var options = ClientOptions()
        options.token = { token }
        options.security = security
        options.backOff = BackOff(minimum: .milliseconds(50), maximum: .milliseconds(500))
        script = ScriptedClient(loop: loop, url: url, options: options)
        let reply = try script.open(within: Self.patience)
        node = reply["node"]?.string ?? ""
        if let stream { try watch(stream) }
    }

    @discardableResult
    func watch(_ stream: String) throws -> SubscribeResult {
        try script.subscribe(.init(channel: "live:" + stream), within: Self.patience)
    }

    @discardableResult
    func call(_ method: String, _ data: String) throws -> JSONValue {
        let reply = try script.call(
            .rpc(method: method, data: Array(data.utf8)),
            within: Self.patience
        )
        return try #require(reply["data"])
    }

    /// Sends a comment and waits until it is acknowledged.
    @discardableResult
    func say(_ text: String, in stream: String) throws -> JSONValue {
        try call("comment.send", #"{"stream":"\#(stream)","text":"\#(text)"}"#)
    }

    /// Says something until it is acknowledged, as a broadcaster's program does whose worker may die.
    ///
    /// A command whose connection went may or may not have been done; its idempotency key makes
    /// asking again harmless.
    func sayWhateverDies(_ text: String, in stream: String) throws {
        let data = #"{"stream":"\#(stream)","text":"\#(text)","idempotency_key":"say-\#(text)"}"#
        for _ in 0..<3 {
            do {
                try call("comment.send", data)
                return
            } catch ScriptedClient.StepError.refused(.connectionLost) {
                continue
            }
        }
        throw TallyServer.Failure("three connections were lost while \(text) was being said")
    }

    /// What was seen of the stream's channel of one type, in order.
    func seen(_ type: String, in stream: String) -> [JSONValue] {
        script.publications(on: "live:" + stream).map(\.data).filter {
            $0["type"]?.string == type
        }
    }

    func comments(in stream: String) -> [String] {
        seen("comment", in: stream).compactMap { $0["text"]?.string }
    }

    func offsets(in stream: String) -> [UInt64] {
        script.publications(on: "live:" + stream).map(\.offset).filter { $0 > 0 }
    }

    /// Waits until a condition holds for what this client has seen.
    func wait(for what: String, until condition: () -> Bool) throws {
        _ = try script.wait(for: what, within: Self.patience) { condition() ? true : nil }
    }
}

/// Two viewers of a stream that landed on different workers.
///
/// The kernel chooses the worker of a connection, so more connect until it is so.
func viewersOnDifferentWorkers(
    _ server: TallyServer,
    on loop: EventLoop,
    watching stream: String
) throws -> (Viewer, Viewer) {
    let first = try Viewer(
        server,
        on: loop,
        token: try server.token(user: "ana"),
        watching: stream
    )
    for _ in 0..<64 {
        let second = try Viewer(server, on: loop, token: try server.token(user: "bob"))
        if second.node != first.node {
            try second.watch(stream)
            return (first, second)
        }
        second.script.client.stop()
    }
    throw TallyServer.Failure("64 connections landed on one worker of several")
}
