// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import Testing
import WebServer
import WebSocket

/// A server on a free port of loopback, with its clients on the same loop.
final class TestServer {
    struct TimedOut: Error {}

    static let upgradeRequest =
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

    let loop: EventLoop
    let application = EchoApplication()
    let server: WebServer
    let address: SocketAddress
    private let listener: Descriptor

    init(
        as traits: ListenerTraits = ListenerTraits(),
        trustedProxies: TrustedProxies = TrustedProxies(),
        _ change: (inout WebServerLimits) -> Void = { _ in }
    ) throws {
        loop = try EventLoop()
        var limits = WebServerLimits(
            http: HTTPLimits(),
            webSocket: WebSocketLimits(maximumMessageByteCount: 1 << 20)
        )
        // Looked at often, so that tests of deadlines need not be long ones.
        limits.sweepInterval = .milliseconds(10)
        change(&limits)
        server = WebServer(
            loop: loop,
            limits: limits,
            application: application,
            trustedProxies: trustedProxies
        )
        let any = try SocketAddress(parsing: "127.0.0.1:0")
        let listener = try Socket.listen(any, reusePort: false, backlog: 128)
        address = try #require(Socket.localAddress(listener.raw))
        try server.listen(on: listener.raw, as: traits)
        self.listener = consume listener
    }

    func connect() throws -> TestPeer {
        try TestPeer(connectingTo: address, loop)
    }

    /// A client that has got its 101.
    func connectWebSocket() throws -> TestPeer {
        let peer = try connect()
        peer.send(Self.upgradeRequest)
        try wait { peer.text.hasSuffix("\r\n\r\n") }
        try #require(peer.text.hasPrefix("HTTP/1.1 101 "))
        peer.forgetReceived()
        return peer
    }

    /// Turns the loop until something holds; ten seconds are for ever on a busy machine.
    func wait(until isTrue: () -> Bool) throws {
        let end = MonotonicTime.now() + .seconds(10)
        while !isTrue() {
            guard MonotonicTime.now() < end else { throw TimedOut() }
            try loop.runOnce(maximumWait: .milliseconds(20))
        }
    }

    /// Sends a text on a new connection and returns everything that comes back until its end.
    func exchange(_ text: String) throws -> String {
        let peer = try connect()
        peer.send(text)
        try wait { peer.isOver }
        return peer.text
    }
}
