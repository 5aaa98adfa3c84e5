// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing
import WebServer
import WebSocket

/// What only the newest of matters is replaced while it waits; what everyone must get is not.
@Suite struct ConflationTests {
    private let key = ConflationKey(rawValue: 1)
    private let other = ConflationKey(rawValue: 2)

    /// A connection that has something waiting, and its peer, which does not read.
    private func blocked(
        _ server: TestServer
    ) throws -> (connection: Connection, peer: TestPeer, sent: Int) {
        let peer = try server.connectWebSocket()
        peer.isReading = false
        let connection = try #require(server.application.opened.last)
        let frame = SharedFrame.binary([UInt8](repeating: 1, count: 50_000))
        var sent = 0
        while connection.unsentByteCount == 0 {
            connection.send(frame)
            sent += frame.bytes.count
        }
        return (connection, peer, sent)
    }

    @Test func aWaitingValueIsReplacedByTheNewest() throws {
        let server = try TestServer()
        let (connection, peer, sent) = try blocked(server)
        let before = connection.unsentByteCount
        for value in UInt8(0)..<100 {
            connection.send(SharedFrame(.binary, [value], conflationKey: key))
            connection.send(SharedFrame(.binary, [value, value], conflationKey: other))
        }
        connection.send(binary: [9])
        #expect(connection.unsentByteCount == before + 3 + 4 + 3)
        peer.isReading = true
        try server.wait { peer.received.count == sent + 10 }
        #expect(peer.received.suffix(10) == [0x82, 1, 99, 0x82, 2, 99, 99, 0x82, 1, 9])
    }

    @Test func whatHasBegunToBeSentIsNotReplaced() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        peer.isReading = false
        let connection = try #require(server.application.opened.last)
        let large = SharedFrame(
            .binary,
            [UInt8](repeating: 1, count: 900_000),
            conflationKey: key
        )
        var sent = 0
        while connection.unsentByteCount == 0 {
            connection.send(large)
            sent += large.bytes.count
        }
        connection.send(SharedFrame(.binary, [2], conflationKey: key))
        connection.send(SharedFrame(.binary, [3], conflationKey: key))
        peer.isReading = true
        try server.wait { peer.received.count == sent + 3 }
        #expect(peer.received.suffix(3) == [0x82, 1, 3])
    }

    @Test func endsAWebSocketThatLagsTooFarBehindThoughItTakesItsShare() throws {
        let server = try TestServer { $0.maximumUnsentAge = .milliseconds(50) }
        let (connection, peer, _) = try blocked(server)
        try server.wait { !connection.isOpen }
        #expect(server.server.counters.slowDisconnects == 1)
        peer.isReading = true
        let close = [0x88, 6, 0x0B, 0xC0] + Array("slow".utf8)
        try server.wait { peer.received.suffix(close.count) == close[...] }
    }

    @Test func aFrameForManyReachesThemPastTheirObjectsAndInOrder() throws {
        let server = try TestServer()
        let (lagging, laggingPeer, sent) = try blocked(server)
        let peer = try server.connectWebSocket()
        let connection = try #require(server.application.opened.last)
        let gonePeer = try server.connectWebSocket()
        let gone = try #require(server.application.opened.last)
        gone.abort()
        let connections = [lagging.id, connection.id, gone.id, .none]
        var others: [Int] = []
        let frame = SharedFrame.binary([5])
        server.server.send(frame, to: connections, 0..<4) { index in
            others.append(index)
            server.server.connection(connections[index])?.send(frame)
        }
        #expect(others == [0, 2, 3])
        try server.wait { peer.received == [0x82, 1, 5] }
        laggingPeer.isReading = true
        try server.wait { laggingPeer.received.count == sent + 3 }
        #expect(laggingPeer.received.suffix(3) == [0x82, 1, 5])
        try server.wait { gonePeer.isOver }
    }
}
