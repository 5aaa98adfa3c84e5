// SPDX-License-Identifier: Apache-2.0

import Compression
import HTTP
import Reactor
import Testing
import WebServer
import WebSocket

/// permessage-deflate, both directions, as RFC 7692 has it.
@Suite struct CompressedMessageTests {
    private static let limit = 10_000
    private let deflater = Deflater()
    private let inflater = Inflater()

    private func server() throws -> TestServer {
        try TestServer {
            $0.compression = .deflate
            $0.minimumDeflatedByteCount = 100
            $0.webSocket = WebSocketLimits(maximumMessageByteCount: Self.limit)
        }
    }

    private func connect(
        _ server: TestServer,
        offering offer: String = "permessage-deflate; client_max_window_bits"
    ) throws -> (peer: TestPeer, head: String) {
        let peer = try server.connect()
        // Without the empty line, which is one character to Swift.
        let end = TestServer.upgradeRequest.dropLast()
        peer.send(end + "Sec-WebSocket-Extensions: \(offer)\r\n\r\n")
        try server.wait { peer.text.hasSuffix("\r\n\r\n") }
        let head = peer.text
        peer.forgetReceived()
        return (peer, head)
    }

    private func compressed(_ message: [UInt8], _ opcode: Opcode = .text) -> [UInt8] {
        FrameEncoder.encode(
            opcode,
            deflater.deflate(message[...]),
            isCompressed: true,
            maskingKey: 7
        )
    }

    @Test func readsAndSendsCompressedMessages() throws {
        let server = try server()
        let (peer, head) = try connect(server)
        #expect(
            head.contains(
                "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                    + "client_no_context_takeover\r\n"
            )
        )
        let message = [UInt8](repeating: 0x61, count: 5_000)
        peer.send(compressed(message))
        try server.wait { peer.received.count > 4 }
        #expect(peer.received[0] == 0xC1, "final, RSV1, text")
        let payload = Array(peer.received[2...])
        #expect(Int(peer.received[1]) == payload.count)
        #expect(try inflater.inflate(payload, maximumByteCount: 5_000) == message)
    }

    @Test(arguments: [99, 100])
    func sendsAShortMessageAsItIs(_ count: Int) throws {
        let server = try server()
        let (peer, _) = try connect(server)
        peer.send(FrameEncoder.encode(.text, [UInt8](repeating: 0x61, count: count), maskingKey: 7))
        try server.wait { peer.received.count > 2 }
        #expect(peer.received[0] == (count < 100 ? 0x81 : 0xC1))
    }

    @Test func compressesOnceForAllAndPlainForTheOthers() throws {
        let server = try server()
        let (one, _) = try connect(server)
        let (two, _) = try connect(server)
        let plain = try server.connectWebSocket()
        let ids = server.application.opened.map(\.id)
        let message = [UInt8](repeating: 0x61, count: 1_000)
        server.server.send(.text(message), to: ids, 0..<3) { _ in Issue.record("all are idle") }
        try server.wait { plain.received == FrameEncoder.encode(.text, message) }
        try server.wait { one.received.count > 2 && one.received == two.received }
        #expect(one.received.count < 100)
    }

    @Test func limitsWhatAMessageBecomesNotWhatItCameAs() throws {
        let server = try server()
        let (peer, _) = try connect(server)
        peer.send(compressed([UInt8](repeating: 0x61, count: Self.limit)))
        try server.wait { peer.received.count > 2 }
        peer.forgetReceived()
        peer.send(compressed([UInt8](repeating: 0x61, count: Self.limit + 1)))
        try server.wait { peer.isOver || peer.received.count > 3 }
        // 1009, message too big.
        #expect(peer.received.prefix(4).suffix(2) == [0x03, 0xF1])
        #expect(server.server.counters.protocolErrors == 1)
    }

    @Test func refusesWhatIsNoCompressionAndNoText() throws {
        for payload in [[0xFF, 0xFF, 0xFF], deflater.deflate([0x61, 0xC0, 0xAF][...])] {
            let server = try server()
            let (peer, _) = try connect(server)
            peer.send(FrameEncoder.encode(.text, payload, isCompressed: true, maskingKey: 7))
            try server.wait { peer.received.count > 3 }
            // 1007, invalid payload.
            #expect(peer.received.prefix(4).suffix(2) == [0x03, 0xEF])
        }
    }

    @Test func aMessageInPiecesWithAPingBetweenThemIsRead() throws {
        let server = try server()
        let (peer, _) = try connect(server)
        let message = Array("a message that comes in three pieces".utf8)
        let payload = deflater.deflate(message[...])
        var bytes = FrameEncoder.encode(
            .text,
            Array(payload[..<5]),
            isFinal: false,
            isCompressed: true,
            maskingKey: 1
        )
        bytes += FrameEncoder.encode(.ping, [1], maskingKey: 2)
        bytes += FrameEncoder.encode(
            .continuation,
            Array(payload[5..<9]),
            isFinal: false,
            maskingKey: 3
        )
        bytes += FrameEncoder.encode(.continuation, Array(payload[9...]), maskingKey: 4)
        for byte in bytes { peer.send([byte]) }
        try server.wait { peer.received == [0x8A, 1, 1] + FrameEncoder.encode(.text, message) }
    }

    @Test(arguments: [Opcode.continuation, .ping])
    func onlyTheFirstFrameOfAMessageMaySayThatItIsCompressed(_ opcode: Opcode) throws {
        let server = try server()
        let (peer, _) = try connect(server)
        peer.send(FrameEncoder.encode(.text, [], isFinal: false, maskingKey: 1))
        peer.send(FrameEncoder.encode(opcode, [], isCompressed: true, maskingKey: 1))
        try server.wait { peer.received.count > 3 }
        #expect(peer.received.prefix(4).suffix(2) == [0x03, 0xEA])
    }

    @Test func whoDidNotAskMaySendNothingCompressed() throws {
        let server = try server()
        let peer = try server.connectWebSocket()
        peer.send(compressed(Array("hello".utf8)))
        try server.wait { peer.received.count > 3 }
        #expect(peer.received.prefix(4).suffix(2) == [0x03, 0xEA])
    }

    @Test(arguments: [
        ("permessage-deflate", true),
        ("foo, permessage-deflate; client_no_context_takeover", true),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", true),
        ("permessage-deflate; server_max_window_bits=15", true),
        ("permessage-deflate; client_max_window_bits=\"10\"", true),
        ("permessage-deflate; server_max_window_bits=10", false),
        ("permessage-deflate; server_max_window_bits", false),
        ("permessage-deflate; client_max_window_bits=16", false),
        ("permessage-deflate; server_no_context_takeover=1", false),
        ("permessage-deflate; client_max_window_bits; client_max_window_bits", false),
        ("permessage-deflate; unknown", false),
        ("x-webkit-deflate-frame", false),
        ("", false),
    ])
    func agreesToWhatItCanMeet(_ offer: String, _ isMet: Bool) throws {
        let (_, head) = try connect(try server(), offering: offer)
        #expect(head.hasPrefix("HTTP/1.1 101 "))
        #expect(head.contains("permessage-deflate") == isMet)
        let (_, off) = try connect(try TestServer(), offering: offer)
        #expect(!off.contains("Extensions"), "nothing is agreed on where it is turned off")
    }

    @Test func aMovedConnectionGoesOnCompressed() throws {
        let server = try server()
        let (peer, _) = try connect(server)
        let message = [UInt8](repeating: 0x61, count: 1_000)
        let frame = compressed(message)
        // Cut inside the message: the successor has to know what its first half is.
        peer.send(Array(frame[..<8]))
        let old = try #require(server.application.opened.first)
        try server.wait { old.moved()?.replay.isEmpty == false }
        let moved = try #require(old.moved())
        let raw = try #require(old.movableDescriptor)
        let descriptor = Descriptor(owning: raw)
        let copy = try descriptor.duplicate()
        _ = descriptor.relinquish()
        old.leave()
        let application = EchoApplication()
        var limits = server.server.limits
        limits.compression = .none
        let successor = WebServer(loop: server.loop, limits: limits, application: application)
        let connection = try successor.adopt(moved, descriptor: copy)
        successor.start(connection)
        peer.send(Array(frame[8...]))
        try server.wait { peer.received.count > 2 }
        #expect(peer.received[0] == 0xC1)
        let payload = Array(peer.received[2...])
        #expect(try inflater.inflate(payload, maximumByteCount: 1_000) == message)
    }
}
