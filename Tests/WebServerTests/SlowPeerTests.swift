// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import Testing
import WebServer
import WebSocket

/// Peers that send slowly, take slowly, or do nothing at all.
@Suite struct SlowPeerTests {
    @Test func answers408ToAHeadThatDoesNotCome() throws {
        let server = try TestServer { $0.requestHeadTimeout = .milliseconds(100) }
        let peer = try server.connect()
        peer.send("GET / HTTP/1.1\r\nHost: a\r\nX-")
        // Every byte is life, and none is more time.
        try server.wait {
            if !peer.isOver { peer.send("x") }
            return peer.isOver
        }
        #expect(peer.text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(server.server.counters.badRequests == 1)
    }

    @Test func answers408ToABodyThatDoesNotCome() throws {
        let server = try TestServer { $0.requestBodyTimeout = .milliseconds(50) }
        let text = try server.exchange(
            "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell"
        )
        #expect(text.hasPrefix("HTTP/1.1 408 "))
    }

    @Test func endsASilentConnectionWithoutAWord() throws {
        let server = try TestServer { $0.requestHeadTimeout = .milliseconds(50) }
        #expect(try server.exchange("").isEmpty)
        #expect(server.server.counters.badRequests == 0)
    }

    @Test func endsAConnectionThatWaitsTooLongBetweenRequests() throws {
        let server = try TestServer { $0.keepAliveTimeout = .milliseconds(50) }
        let text = try server.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(text.hasSuffix("page"))
    }

    /// Who polls for hours over one connection is never late, however long it was since the first time.
    @Test func givesTheWaitForEachRequestItsOwnTime() throws {
        let server = try TestServer { $0.keepAliveTimeout = .seconds(1) }
        let peer = try server.connect()
        let end = MonotonicTime.now() + .milliseconds(2_500)
        while MonotonicTime.now() < end, !peer.isOver {
            peer.forgetReceived()
            peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            try server.wait { !peer.received.isEmpty || peer.isOver }
            let next = MonotonicTime.now() + .milliseconds(50)
            try server.wait { MonotonicTime.now() > next }
        }
        #expect(!peer.isOver)
    }

    @Test func keepsASilentWebSocketWhateverTheDeadlinesOfHTTP() throws {
        let server = try TestServer {
            $0.requestHeadTimeout = .milliseconds(20)
            $0.keepAliveTimeout = .milliseconds(20)
            $0.sendTimeout = .milliseconds(20)
        }
        let peer = try server.connectWebSocket()
        let end = MonotonicTime.now() + .milliseconds(150)
        try server.wait { MonotonicTime.now() > end }
        #expect(!peer.isOver)
    }

    @Test func closesAWebSocketWhoseMessageDoesNotEnd() throws {
        let server = try TestServer { $0.messageTimeout = .milliseconds(100) }
        let peer = try server.connectWebSocket()
        // A header for 65,535 bytes, and then a byte each turn.
        peer.send([0x82, 0xFE, 0xFF, 0xFF, 0, 0, 0, 0])
        try server.wait {
            if peer.received.isEmpty, peer.hasSentAll { peer.send([0]) }
            return !peer.received.isEmpty || peer.isOver
        }
        #expect(peer.received.dropFirst(2).prefix(2) == [0x03, 0xF0])
        try server.wait { !server.application.closed.isEmpty }
        #expect(server.application.closed == [.closedHere(.policyViolation)])
    }

    @Test func givesEveryMessageItsOwnTime() throws {
        let server = try TestServer { $0.messageTimeout = .milliseconds(100) }
        let peer = try server.connectWebSocket()
        let frame = FrameEncoder.encode(.binary, [1], maskingKey: 1)
        let end = MonotonicTime.now() + .milliseconds(300)
        // Every piece ends one message and begins the next.
        peer.send(Array(frame.prefix(3)))
        try server.wait {
            if peer.hasSentAll { peer.send(Array(frame.dropFirst(3) + frame.prefix(3))) }
            return MonotonicTime.now() > end
        }
        #expect(!peer.isOver)
        #expect(server.application.closed.isEmpty)
    }

    @Test func closesAWebSocketThatTakesTooLittleAsSlow() throws {
        let server = try TestServer { $0.maximumUnsentByteCount = 100_000 }
        let peer = try server.connectWebSocket()
        peer.isReading = false
        let connection = try #require(server.application.opened.first)
        let frame = SharedFrame.binary([UInt8](repeating: 1, count: 10_000))
        var sent = 0
        while connection.isOpen, sent < 10_000 {
            connection.send(frame)
            sent += 1
            #expect(connection.unsentByteCount <= 100_000)
        }
        #expect(!connection.isOpen)
        #expect(server.server.counters.slowDisconnects == 1)
        try server.wait { !server.application.closed.isEmpty }
        #expect(server.application.closed == [.slow])
        // What had begun is ended, the rest is dropped, and the close frame says why.
        peer.isReading = true
        let close = [0x88, 6, 0x0B, 0xC0] + Array("slow".utf8)
        try server.wait { peer.received.suffix(close.count) == close[...] }
        #expect((peer.received.count - close.count) % frame.bytes.count == 0)
    }

    @Test func doesNotTakeABurstOfAnswersForASlowPeer() throws {
        let server = try TestServer { $0.maximumUnsentByteCount = 20_000 }
        server.application.isEchoing = false
        let answer = SharedFrame.binary([UInt8](repeating: 1, count: 5_000))
        server.application.onText = { connection, _ in
            for _ in 0..<20 { connection.send(answer) }
        }
        let peer = try server.connectWebSocket()
        peer.send(FrameEncoder.encode(.text, [], maskingKey: 1))
        try server.wait { peer.received.count == 20 * answer.bytes.count }
        #expect(server.server.counters.slowDisconnects == 0)
    }

    @Test func endsAWebSocketThatTakesNothingInTime() throws {
        let server = try TestServer { $0.sendTimeout = .milliseconds(50) }
        let peer = try server.connectWebSocket()
        peer.isReading = false
        let connection = try #require(server.application.opened.first)
        let frame = SharedFrame.binary([UInt8](repeating: 1, count: 50_000))
        while connection.unsentByteCount == 0 { connection.send(frame) }
        try server.wait { server.server.connectionCount == 0 }
        #expect(server.application.closed == [.slow])
        #expect(server.server.counters.slowDisconnects == 1)
    }

    @Test func readsNothingMoreFromAPeerThatTakesNoAnswers() throws {
        let server = try TestServer { $0.pauseReadingAboveUnsentByteCount = 50_000 }
        let peer = try server.connectWebSocket()
        peer.isReading = false
        let message = [UInt8](repeating: 0x61, count: 10_000)
        let frame = FrameEncoder.encode(.binary, message, maskingKey: 1)
        let count = 2_000
        for _ in 0..<count { peer.send(frame) }
        let connection = try #require(server.application.opened.first)
        try server.wait { connection.unsentByteCount > 50_000 }
        for _ in 0..<20 { try server.loop.runOnce(maximumWait: .milliseconds(1)) }
        #expect(connection.unsentByteCount <= 61_000)
        #expect(connection.isOpen)
        peer.isReading = true
        try server.wait { peer.received.count == count * (message.count + 4) }
    }

    @Test func answersAFloodOfPingsWithoutPilingUp() throws {
        let server = try TestServer { $0.pauseReadingAboveUnsentByteCount = 50_000 }
        let peer = try server.connectWebSocket()
        peer.isReading = false
        let ping = FrameEncoder.encode(.ping, [UInt8](repeating: 1, count: 125), maskingKey: 1)
        var flood: [UInt8] = []
        for _ in 0..<60_000 { flood += ping }
        peer.send(flood)
        let connection = try #require(server.application.opened.first)
        try server.wait { connection.unsentByteCount > 50_000 }
        #expect(connection.unsentByteCount <= 51_000)
        peer.isReading = true
        try server.wait { peer.received.count == 60_000 * 127 }
    }

    /// Frames are small and come by the ten thousand: a flood of one peer is worked off in shares, between
    /// which the others get theirs.
    @Test func floodOfSmallFramesLeavesOthersTheirTurn() throws {
        let server = try TestServer()
        let flooder = try server.connectWebSocket()
        let other = try server.connectWebSocket()
        var echoedBeforeOther = -1
        var flooded = 0
        server.application.onText = { _, payload in
            if payload == Array("other".utf8) {
                echoedBeforeOther = flooded
            } else {
                flooded += 1
            }
        }
        let small: [UInt8] = [0x81, 0x81, 0, 0, 0, 0, 0x78]
        let count = 5_000
        flooder.send((0..<count).flatMap { _ in small })
        try server.wait { flooded > 0 }
        other.send([0x81, 0x85, 0, 0, 0, 0] + Array("other".utf8))
        try server.wait { flooded == count }
        #expect((1..<count).contains(echoedBeforeOther), "it waited for the whole flood")
    }
}
