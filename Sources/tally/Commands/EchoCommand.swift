// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import HTTP
import Reactor
import WebServer
import WebSocket

/// `tally echo`: the very same connections as in `tally serve`, with nothing behind them.
struct EchoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo",
        abstract: "Send every WebSocket message back, for conformance suites and measurements.",
        discussion: """
            Serves every path, in the foreground, until Ctrl-C, with text and binary messages of up \
            to 16 MiB. It is a tool for testing: open it to nobody else.
            """
    )

    /// Bytes; what Autobahn's largest case sends.
    private static let maximumMessageByteCount = 16 << 20

    @Option(
        help: "The address to listen on; port 0 takes a free one.",
        transform: { try SocketAddress(parsing: $0) }
    )
    var listen: SocketAddress = .ipv4(0x7f00_0001, port: 9001)

    func run() throws {
        OwnProcess.raiseDescriptorLimit()
        let loop = try EventLoop()
        var limits = WebServerLimits(
            http: HTTPLimits(),
            webSocket: WebSocketLimits(maximumMessageByteCount: Self.maximumMessageByteCount)
        )
        // A peer may send one more message while the answer to its last one is on the way.
        limits.maximumUnsentByteCount = 4 * Self.maximumMessageByteCount
        let application = EchoApplication()
        let server = WebServer(loop: loop, limits: limits, application: application)
        let listener = try open()
        try server.listen(on: listener.raw)
        try loop.watchSignals([SIGINT, SIGTERM]) { _ in loop.stop() }
        print("echo: listening on \(Socket.localAddress(listener.raw) ?? listen)")
        fflush(nil)
        try loop.run()
    }

    private func open() throws(CommandFailure) -> Descriptor {
        do throws(SystemError) {
            return try Socket.listen(listen, reusePort: false, backlog: 1024)
        } catch {
            throw CommandFailure(
                .unavailable,
                "cannot listen: \(error)",
                advice: "choose another address with --listen; port 0 takes a free one"
            )
        }
    }
}

/// Accepts every path and sends every message back.
private final class EchoApplication: WebApplication {
    func respond(to request: HTTPRequest, on connection: Connection) -> HTTPAnswer {
        .now(
            request.method == .get || request.method == .head
                ? .webSocketRequired : .methodNotAllowed(allowing: [.get, .head])
        )
    }

    func decideUpgrade(_ request: HTTPRequest, on connection: Connection) -> UpgradeDecision {
        .accept(subprotocol: nil)
    }

    func opened(_ connection: Connection) {}

    func received(text: [UInt8], on connection: Connection) {
        connection.send(text: text)
    }

    func received(binary: [UInt8], on connection: Connection) {
        connection.send(binary: binary)
    }

    func closed(_ connection: Connection, _ cause: CloseCause) {}
}
