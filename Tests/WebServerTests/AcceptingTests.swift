// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTP
import Reactor
import Testing
import WebServer
import WebSocket

@Suite struct AcceptingTests {
    @Test func answers503AboveTheLimitAndServesAgainBelowIt() throws {
        let server = try TestServer { $0.maximumConnectionCount = 2 }
        let first = try server.connectWebSocket()
        let second = try server.connect()
        try server.wait { server.server.connectionCount == 2 }
        let third = try server.connect()
        try server.wait { third.isOver }
        #expect(third.text.hasPrefix("HTTP/1.1 503 "))
        #expect(server.server.counters.rejectedConnections == 1)
        first.close()
        try server.wait { server.server.connectionCount == 1 }
        _ = try server.connectWebSocket()
        second.close()
    }

    /// Too many at once are late, not lost: they wait where the kernel keeps them.
    @Test func newcomersBeyondTheRateWaitAndAreServed() throws {
        let server = try TestServer { $0.maximumAcceptCountPerSecond = 20 }
        let peers = try (0..<30).map { _ in try server.connect() }
        try server.wait { server.server.connectionCount == 20 }
        try server.wait { server.server.connectionCount == peers.count }
        #expect(server.server.counters.acceptRateLimits > 0)
        #expect(peers.allSatisfy { !$0.isOver })
    }

    /// Each that comes alone is followed by a look that finds nobody.
    @Test func lookingForNewcomersSpendsNothingOfTheRate() throws {
        let server = try TestServer { $0.maximumAcceptCountPerSecond = 8 }
        let peers = try (1...7).map { count in
            let peer = try server.connect()
            try server.wait { server.server.connectionCount == count }
            return peer
        }
        #expect(server.server.counters.acceptRateLimits == 0)
        #expect(peers.allSatisfy { !$0.isOver })
    }

    @Test func serverShortOfMemoryKeepsItsConnectionsAndTakesNoMore() throws {
        let server = try TestServer()
        let first = try server.connectWebSocket()
        server.server.isShortOfMemory = true
        let second = try server.connect()
        try server.wait { second.isOver }
        #expect(second.text.hasPrefix("HTTP/1.1 503 "))
        #expect(second.text.contains("Retry-After: "))
        #expect(server.server.counters.rejectedForMemory == 1)
        #expect(!first.isOver)
        server.server.isShortOfMemory = false
        _ = try server.connectWebSocket()
    }

    @Test func drainsWithoutCuttingAnybodyOff() throws {
        let server = try TestServer()
        let socket = try server.connectWebSocket()
        let idle = try server.connect()
        idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { idle.text.hasSuffix("page") }
        let busy = try server.connect()
        busy.send("GET / HTTP/1.1\r\nHost: a\r\n")
        let upgrading = try server.connect()
        upgrading.send(String(TestServer.upgradeRequest.dropLast()))  // one Character: CR LF
        try server.wait { server.server.connectionCount == 4 }
        for _ in 0..<5 { try server.loop.runOnce(maximumWait: .milliseconds(5)) }
        server.server.stopAccepting()
        busy.send("\r\n")
        upgrading.send("\r\n")
        try server.wait { idle.isOver && busy.isOver && !upgrading.received.isEmpty }
        #expect(busy.text.contains("Connection: close") && busy.text.hasSuffix("page"))
        #expect(upgrading.text.hasPrefix("HTTP/1.1 503 "))
        #expect(!socket.isOver)
        server.server.forEachConnection { $0.close(code: 3001, reason: "shutdown") }
        try server.wait { !socket.received.isEmpty }
        socket.close()
        try server.wait { server.server.connectionCount == 0 }
    }

    @Test func servesManySilentConnectionsAtOnce() throws {
        let server = try TestServer { $0.requestHeadTimeout = .seconds(60) }
        let peers = try (0..<200).map { _ in try server.connect() }
        try server.wait { server.server.connectionCount == peers.count }
        let socket = try server.connectWebSocket()
        #expect(!socket.isOver)
    }
}
