// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Reactor
import WebServer
import WebSocket

/// A server that answers `connect`, keeps one channel's publications, and does what a test says.
final class FakeServer: WebApplication {
    let address: SocketAddress
    private(set) var received: [String] = []
    private(set) var connections: [Connection] = []
    /// What a handshake is refused with.
    var refusal: HTTPResponse?
    /// Answers a command in place of the usual answer; by its method.
    var answers: [String: (_ id: Int64) -> String] = [:]

    private let listener: Descriptor
    private let server: WebServer
    private var history: [String] = []

    init(on loop: EventLoop) throws {
        let listener = try Socket.listen(
            .ipv4(0x7F00_0001, port: 0),
            reusePort: false,
            backlog: 16
        )
        address = Socket.localAddress(listener.raw) ?? .ipv4(0x7F00_0001, port: 0)
        let application = Relay()
        server = WebServer(
            loop: loop,
            limits: WebServerLimits(
                http: HTTPLimits(),
                webSocket: WebSocketLimits(maximumMessageByteCount: 1 << 20)
            ),
            application: application
        )
        try server.listen(on: listener.raw)
        self.listener = listener
        application.target = self
    }

    /// Publishes on `live:a` to every connection, with the next offset.
    func publish(_ data: String) {
        history.append(#"{"data":\#(data),"offset":\#(history.count + 1)}"#)
        push(#"{"push":{"channel":"live:a","pub":\#(history[history.count - 1])}}"#)
    }

    func push(_ line: String) {
        for connection in connections { connection.send(text: Array(line.utf8)) }
    }

    func respond(to request: HTTPRequest, on connection: Connection) -> HTTPAnswer {
        .now(.text(.notFound, "not here"))
    }

    func decideUpgrade(_ request: HTTPRequest, on connection: Connection) -> UpgradeDecision {
        refusal.map { .refuse($0) } ?? .accept(subprotocol: nil)
    }

    func opened(_ connection: Connection) {
        connections.append(connection)
    }

    func received(text: [UInt8], on connection: Connection) {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            received.append(String(decoding: line, as: UTF8.self))
            let limits = JSONLimits(maximumByteCount: 1 << 20, maximumDepth: 32)
            guard let command = try? JSONValue.parse(Array(line), limits: limits),
                let id = command["id"]?.integer
            else { continue }
            let method = command.keys.first { $0 != "id" } ?? ""
            let answer = answers[method]?(id) ?? usualAnswer(method, id, command)
            connection.send(text: Array(answer.utf8))
        }
    }

    func received(binary: [UInt8], on connection: Connection) {}

    func closed(_ connection: Connection, _ cause: CloseCause) {
        connections.removeAll { $0 === connection }
    }

    private func usualAnswer(_ method: String, _ id: Int64, _ command: JSONValue) -> String {
        switch method {
        case "connect": #"{"id":\#(id),"connect":{"client":"c","ping":25,"pong":true}}"#
        case "subscribe": #"{"id":\#(id),"subscribe":\#(subscription(command["subscribe"]))}"#
        default: #"{"id":\#(id),"\#(method)":{}}"#
        }
    }

    private func subscription(_ request: JSONValue?) -> String {
        let position =
            #""recoverable":true,"positioned":true,"epoch":"e","offset":\#(history.count)"#
        guard request?["recover"]?.bool == true, let seen = request?["offset"]?.integer else {
            return "{\(position)}"
        }
        let missed = history.dropFirst(Int(seen)).joined(separator: ",")
        return #"{\#(position),"was_recovering":true,"recovered":true,"publications":[\#(missed)]}"#
    }
}

/// Lets the server be made before the object that it serves.
private final class Relay: WebApplication {
    weak var target: FakeServer?

    func respond(to request: HTTPRequest, on connection: Connection) -> HTTPAnswer {
        target?.respond(to: request, on: connection) ?? .now(.text(.notFound, "gone"))
    }

    func decideUpgrade(_ request: HTTPRequest, on connection: Connection) -> UpgradeDecision {
        target?.decideUpgrade(request, on: connection) ?? .refuse(.text(.notFound, "gone"))
    }

    func opened(_ connection: Connection) {
        target?.opened(connection)
    }

    func received(text: [UInt8], on connection: Connection) {
        target?.received(text: text, on: connection)
    }

    func received(binary: [UInt8], on connection: Connection) {}

    func closed(_ connection: Connection, _ cause: CloseCause) {
        target?.closed(connection, cause)
    }
}
