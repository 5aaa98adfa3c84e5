// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import Testing
import WebServer
import WebSocket

/// A WebSocket goes on in another server with nothing lost, repeated or said to either side.
@Suite struct MovedConnectionTests {
    private let other = EchoApplication()

    @Test func aMessageCutInTwoByTheMoveIsEchoedByTheSuccessor() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        let message = FrameEncoder.encode(
            .text,
            Array("héllo".utf8),
            maskingKey: 0x1234_5678
        )
        // Cut inside the two bytes of a character.
        peer.send(Array(message[..<8]))
        let old = try #require(server.application.opened.first)
        try server.wait { old.moved()?.replay.isEmpty == false }

        let successor = try move(old, of: server)
        peer.send(Array(message[8...]))
        let echo = FrameEncoder.encode(.text, Array("héllo".utf8))
        try server.wait { peer.received == echo }
        #expect(successor.connectionCount == 1)
        #expect(server.server.connectionCount == 0)
        #expect(server.application.closed.isEmpty, "a move is no end")
    }

    @Test func whatThePeerHasNotTakenIsSentByTheSuccessor() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        peer.isReading = false
        let old = try #require(server.application.opened.first)
        let payload = [UInt8](repeating: 0x61, count: 100_000)
        var sentCount = 0
        while old.unsentByteCount == 0 {
            old.send(text: payload)
            sentCount += 1
        }
        let successor = try move(old, of: server)
        peer.isReading = true
        let expected = sentCount * FrameEncoder.encode(.text, payload).count
        try server.wait { peer.received.count == expected }
        #expect(successor.connectionCount == 1)
    }

    @Test func aConnectionThatClosesDoesNotMove() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        let old = try #require(server.application.opened.first)
        old.close(code: 1000, reason: "")
        #expect(old.moved() == nil)
        #expect(old.movableDescriptor == nil)
        peer.close()
    }

    @Test func aReplayThatIsAWholeMessageIsRefused() throws {
        let server = try TestServer()
        let peer = try server.connectWebSocket()
        let old = try #require(server.application.opened.first)
        let moved = MovedConnection(
            peer: old.peer,
            lastReceived: .now(),
            replay: FrameEncoder.encode(.text, [0x61], maskingKey: 1),
            unprocessed: [],
            unsent: []
        )
        let successor = WebServer(
            loop: server.loop,
            limits: server.server.limits,
            application: other
        )
        let descriptor = try duplicate(of: old)
        #expect(throws: MoveError.invalidReplay) {
            _ = try successor.adopt(moved, descriptor: Descriptor(owning: descriptor))
        }
        #expect(successor.connectionCount == 0)
        peer.close()
    }

    /// Lets another server on the same loop go on with a connection.
    private func move(_ old: Connection, of server: TestServer) throws -> WebServer {
        let successor = WebServer(
            loop: server.loop,
            limits: server.server.limits,
            application: other
        )
        let moved = try #require(old.moved())
        let connection = try successor.adopt(
            moved,
            descriptor: Descriptor(owning: try duplicate(of: old))
        )
        old.leave()
        successor.start(connection)
        return successor
    }

    private func duplicate(of connection: Connection) throws -> Int32 {
        let raw = try #require(connection.movableDescriptor)
        let borrowed = Descriptor(owning: raw)
        let copy = try borrowed.duplicate().relinquish()
        _ = borrowed.relinquish()
        return copy
    }
}
