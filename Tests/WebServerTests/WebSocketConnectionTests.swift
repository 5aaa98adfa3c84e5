// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import Testing
import WebServer
import WebSocket

@Suite struct WebSocketConnectionTests {
    private func frame(_ opcode: Opcode, _ payload: [UInt8]) -> [UInt8] {
        FrameEncoder.encode(opcode, payload, maskingKey: 0xA1B2_C3D4)
    }

    private func frame(_ opcode: Opcode, _ text: String) -> [UInt8] {
        frame(opcode, Array(text.utf8))
    }

    private func answer(_ opcode: Opcode, _ text: String) -> [UInt8] {
        FrameEncoder.encode(opcode, Array(text.utf8))
    }

    private func close(_ code: UInt16) -> [UInt8] {
        ClosePayload(code: CloseCode(rawValue: code)).bytes
    }

    @Test func echoesAndClosesInOrder() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        #expect(server.application.opened.count == 1)
        peer.send(frame(.text, "Grüße") + frame(.ping, "p") + frame(.close, close(1000)))
        try server.wait { peer.isOver }
        #expect(peer.hasEnded)
        let expected =
            answer(.text, "Grüße") + answer(.pong, "p") + FrameEncoder.encode(.close, close(1000))
        #expect(peer.received == expected)
        #expect(
            server.application.closed == [.closedByPeer(ClosePayload(code: .normalClosure))]
        )
        try server.wait { server.server.connectionCount == 0 }
    }

    @Test func takesAHandshakeByteByByteAndFramesRightBehindIt() throws {
        let server = try TestServer()
        let peer = try server.connect()
        for byte in TestServer.upgradeRequest.utf8.dropLast() {
            peer.send([byte])
            try server.loop.runOnce(maximumWait: .zero)
        }
        peer.send(Array("\n".utf8) + frame(.text, "at once"))
        try server.wait { peer.received.suffix(9) == answer(.text, "at once")[...] }
    }

    @Test(arguments: [
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12", "426"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "short", "400"),
        ("Connection: Upgrade", "Connection: keep-alive", "400"),
        ("GET /ws", "POST /ws", "405"),
        ("GET /ws", "GET /elsewhere", "404"),
        ("Upgrade: websocket", "Upgrade: h2c", "426"),
        ("HTTP/1.1", "HTTP/1.0", "426"),
    ])
    func refusesABadHandshakeAndStaysHTTP(_ old: String, _ new: String, _ status: String) throws {
        let server = try TestServer()
        let peer = try server.connect()
        let range = try #require(TestServer.upgradeRequest.firstRange(of: old))
        peer.send(TestServer.upgradeRequest.replacingSubrange(range, with: new))
        try server.wait { !peer.received.isEmpty }
        #expect(peer.text.hasPrefix("HTTP/1.1 \(status) "))
        #expect(server.application.opened.isEmpty)
    }

    @Test func tellsAPeerWhatItBrokeAndTheApplicationToo() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        peer.send([0x81, 0x01, 0x61])
        try server.wait { peer.isOver }
        #expect(peer.received.prefix(4) == [0x88, 18, 0x03, 0xEA])
        #expect(server.application.closed == [.violation(.unmaskedFrame)])
        #expect(server.server.counters.protocolErrors == 1)
    }

    @Test func refusesAMessageAboveItsLimit() throws {
        let server = try TestServer { $0.webSocket.maximumMessageByteCount = 10 }
        let peer = try server.connectWebSocket()
        peer.send(frame(.text, "0123456789"))
        try server.wait { peer.received == answer(.text, "0123456789") }
        peer.forgetReceived()
        peer.send(frame(.text, "0123456789A"))
        try server.wait { peer.isOver }
        #expect(peer.received.dropFirst(2).prefix(2) == [0x03, 0xF1])
    }

    @Test func closesFromHereAndWaitsForThePeersAnswer() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        let connection = try #require(server.application.opened.first)
        connection.close(code: 3001, reason: "shutdown")
        #expect(!connection.isOpen)
        #expect(server.application.closed.isEmpty, "not from inside the application's call")
        connection.send(text: Array("too late".utf8))
        try server.wait { !server.application.closed.isEmpty }
        #expect(server.application.closed == [.closedHere(CloseCode(rawValue: 3001))])
        try server.wait { !peer.received.isEmpty }
        #expect(peer.received == [0x88, 10, 0x0B, 0xB9] + Array("shutdown".utf8))
        #expect(!peer.isOver)
        peer.send(frame(.text, "dropped") + frame(.close, close(3001)))
        try server.wait { peer.hasEnded }
        try server.wait { server.server.connectionCount == 0 }
        #expect(server.application.closed.count == 1)
    }

    @Test func endsAConnectionWhosePeerDoesNotAnswerTheClose() throws {
        let server = try TestServer { $0.closeHandshakeTimeout = .milliseconds(50) }
        let peer = try server.connectWebSocket()
        server.application.opened.first?.close(code: 3001, reason: "")
        try server.wait { peer.isOver }
        #expect(server.server.connectionCount == 0)
        #expect(server.application.closed.count == 1)
    }

    @Test func noticesAPeerThatIsGone() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        peer.close()
        try server.wait { server.server.connectionCount == 0 }
        #expect(server.application.closed == [.connectionLost(nil)])
    }

    @Test func abortsFromInsideACallback() throws {
        let server = try TestServer()
        server.application.onText = { connection, _ in connection.abort() }
        let peer = try server.connectWebSocket()
        peer.send(frame(.text, "a") + frame(.text, "b"))
        try server.wait { peer.isOver }
        #expect(server.application.closed == [.aborted])
        #expect(server.server.connectionCount == 0)
    }

    @Test func sendsOneFrameToAll() throws {
        let server = try TestServer()
        let peers = try (0..<20).map { _ in try server.connectWebSocket() }
        let frame = SharedFrame.text(Array("news".utf8))
        server.server.forEachConnection { $0.send(frame) }
        try server.wait { peers.allSatisfy { $0.received == frame.bytes } }
    }

    @Test func findsAConnectionByItsIDOnlyWhileItIsThere() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        let id = try #require(server.application.opened.first?.id)
        #expect(server.server.connection(id) === server.application.opened.first)
        peer.close()
        try server.wait { server.server.connectionCount == 0 }
        #expect(server.server.connection(id) == nil)
        _ = try server.connectWebSocket()
        #expect(server.application.opened.last?.id.slot == id.slot)
        #expect(server.server.connection(id) == nil)
    }

    @Test func echoesAMessageOfAMebibyteInBothDirections() throws {
        let server = try TestServer { $0.maximumUnsentByteCount = 8 << 20 }
        let peer = try server.connectWebSocket()
        let payload = [UInt8](repeating: 0x7A, count: 1 << 20)
        for _ in 0..<3 { peer.send(frame(.binary, payload)) }
        let expected = FrameEncoder.encode(.binary, payload)
        try server.wait { peer.received.count == 3 * expected.count }
        #expect(peer.received.prefix(expected.count).elementsEqual(expected))
    }
}

extension String {
    func replacingSubrange(_ range: Range<String.Index>, with text: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: text)
        return copy
    }
}
