// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import ClientProtocol
import HTTP
import JSON
import Reactor
import Testing
import WebServer

@Suite struct ScriptedClientTests {
    /// Far above what any step takes; a test that reaches it has failed.
    private let limit = Duration.seconds(10)
    private let loop: EventLoop
    private let server: FakeServer

    init() throws {
        loop = try EventLoop()
        server = try FakeServer(on: loop)
    }

    private func client() -> ScriptedClient {
        var options = ClientOptions()
        options.token = { "T" }
        options.backOff = BackOff(minimum: .milliseconds(1), maximum: .milliseconds(1))
        return ScriptedClient(
            loop: loop,
            url: ServerURL(address: server.address),
            options: options
        )
    }

    @Test func connectsAndAsks() throws {
        let client = client()
        #expect(try client.open(within: limit)["client"]?.string == "c")
        #expect(try client.call(.ping, within: limit).count == 0)
        #expect(server.received.first == #"{"id":1,"connect":{"token":"T","name":"tally"}}"#)
    }

    @Test func severalClientsShareALoop() throws {
        let clients = [client(), client()]
        for client in clients {
            try client.open(within: limit)
            try client.subscribe(.init(channel: "live:a"), within: limit)
        }
        server.publish("1")
        for client in clients {
            let offset = try client.waitForEvent("the publication", within: limit) { event in
                if case .publication(_, let publication) = event { publication.offset } else { nil }
            }
            #expect(offset == 1)
        }
    }

    @Test func comesBackAndMissesNothing() throws {
        let client = client()
        try client.open(within: limit)
        try client.subscribe(.init(channel: "live:a"), within: limit)
        server.publish("1")
        try client.waitUntil("the first", within: limit) {
            client.publications(on: "live:a").count == 1
        }
        client.client.breakConnection()
        server.publish("2")
        server.publish("3")
        try client.waitUntil("the rest", within: limit) {
            client.publications(on: "live:a").count == 3
        }
        #expect(client.publications(on: "live:a").map(\.offset) == [1, 2, 3])
        let subscription = client.client.core.subscriptions["live:a"]
        #expect(subscription?.position == Position(epoch: "e", offset: 3))
        #expect(subscription?.gapCount == 0 && subscription?.duplicateCount == 0)
    }

    @Test func reconnectsAfterAReconnectCodeAndStaysAwayAfterATerminalOne() throws {
        let client = client()
        try client.open(within: limit)
        for connection in server.connections { connection.close(code: 3001, reason: "shutdown") }
        try client.waitUntil("the second connection", within: limit) {
            server.received.count { $0.contains("connect") } == 2
        }
        try client.waitUntil("the connection", within: limit) {
            client.client.state == .connected
        }
        for connection in server.connections { connection.close(code: 3503, reason: "go away") }
        let disconnection = try client.waitForEvent("the end", after: 3, within: limit) { event in
            if case .disconnected(let disconnection) = event { disconnection } else { nil }
        }
        #expect(disconnection.cause == .closed(code: 3503, reason: "go away"))
        #expect(disconnection.reconnectsAfter == nil)
    }

    @Test func answersPings() throws {
        let client = client()
        try client.open(within: limit)
        server.push("{}")
        try client.waitUntil("the pong", within: limit) {
            server.received.last == "{}"
        }
    }

    @Test func tellsARefusalFromALostConnection() throws {
        let client = client()
        try client.open(within: limit)
        server.answers["rpc"] = {
            #"{"id":\#($0),"error":{"code":404,"message":"unknown stream"}}"#
        }
        let refused = #expect(throws: ScriptedClient.StepError.self) {
            try client.call(.rpc(method: "live.get", data: []), within: limit)
        }
        guard case .refused(.refused(let reply)) = refused else {
            Issue.record("\(refused as Any)")
            return
        }
        #expect(reply.code == 404)
    }

    @Test func saysWhyItCannotConnect() throws {
        server.refusal = .text(.notFound, "no")
        let error = #expect(throws: ScriptedClient.StepError.self) {
            try client().open(within: limit)
        }
        #expect(error?.description.contains("HTTP status 404") == true)
        // A port that was just closed.
        let free = try Socket.listen(.ipv4(0x7F00_0001, port: 0), reusePort: false, backlog: 1)
        let address = try #require(Socket.localAddress(free.raw))
        free.close()
        let nobody = ScriptedClient(loop: loop, url: ServerURL(address: address))
        let refused = #expect(throws: ScriptedClient.StepError.self) {
            try nobody.open(within: limit)
        }
        #expect(refused?.description.contains("ECONNREFUSED") == true)
    }

    @Test func timesOut() throws {
        let client = client()
        try client.open(within: limit)
        #expect(throws: ScriptedClient.StepError.self) {
            try client.waitForEvent("nothing", after: 1, within: .milliseconds(20)) { _ in
                nil as Bool?
            }
        }
    }

    @Test func takesLongMessagesInPieces() throws {
        let client = client()
        try client.open(within: limit)
        try client.subscribe(.init(channel: "live:a"), within: limit)
        let text = String(repeating: "x", count: 900_000)
        server.publish("\"\(text)\"")
        try client.waitUntil("the long one", within: limit) {
            client.publications(on: "live:a").first?.data.string == text
        }
    }
}
