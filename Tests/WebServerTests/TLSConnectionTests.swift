// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import TLS
import TestSupport
import Testing
import WebServer
import WebSocket

/// Connections that begin with a handshake, with a PROXY header, or with both.
@Suite struct TLSConnectionTests {
    private let folder: CertificateFolder
    private let certificates: TLSServer
    private let client: TLSClient

    init() throws {
        folder = try CertificateFolder()
        try folder.make("one")
        certificates = try TLSServer(
            TLSServerOptions(
                identities: [
                    TLSIdentity(
                        certificates: try folder.bytes("one.pem"),
                        key: try folder.bytes("one.key")
                    )
                ]
            )
        )
        client = try TLSClient(trusting: .authorities(try folder.bytes("ca.pem")))
    }

    private func server(
        proxied: Bool = false,
        trusted: String = "127.0.0.0/8",
        _ change: (inout WebServerLimits) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer(
            as: ListenerTraits(tls: certificates, expectsProxyHeader: proxied),
            trustedProxies: TrustedProxies(
                networks: [try #require(Network(parsing: trusted))],
                field: .none
            ),
            change
        )
    }

    private func connectWebSocket(_ server: TestServer, preamble: String = "") throws -> TLSPeer {
        let peer = try TLSPeer(
            connectingTo: server.address,
            trusting: client,
            preamble: preamble
        )
        peer.send(Array(TestServer.upgradeRequest.utf8))
        try server.wait {
            peer.go()
            return peer.text.hasSuffix("\r\n\r\n")
        }
        try #require(peer.text.hasPrefix("HTTP/1.1 101 "))
        peer.forgetReceived()
        return peer
    }

    // MARK: TLS

    @Test func aLargeMessageComesBackWhole() throws {
        let server = try server()
        let peer = try connectWebSocket(server)
        let payload = (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        peer.send(FrameEncoder.encode(.binary, payload, maskingKey: 7))
        let echo = FrameEncoder.encode(.binary, payload)
        try server.wait {
            peer.go()
            return peer.received.count >= echo.count
        }
        #expect(peer.received == echo)
        #expect(server.server.counters.handshakes == 1)
    }

    @Test func whatWaitsForASlowPeerComesInOrder() throws {
        let server = try server { $0.maximumUnsentByteCount = 16 << 20 }
        let peer = try connectWebSocket(server)
        peer.isReading = false
        let connection = try #require(server.application.opened.first)
        var expected: [UInt8] = []
        var number = 0
        // Small ones and large ones, until some wait, and then as many again.
        var remaining = 40
        while remaining > 0 {
            let payload = [UInt8](repeating: UInt8(number % 251), count: number % 7 * 9_000 + 1)
            connection.send(binary: payload)
            expected += FrameEncoder.encode(.binary, payload)
            number += 1
            if connection.unsentByteCount > 0 { remaining -= 1 }
        }
        peer.isReading = true
        try server.wait {
            peer.go()
            return peer.received.count >= expected.count
        }
        #expect(peer.received == expected)
    }

    @Test func aSlowPeerGetsWholeFramesAndThenTheReason() throws {
        let server = try server { $0.maximumUnsentByteCount = 200_000 }
        let peer = try connectWebSocket(server)
        peer.isReading = false
        let connection = try #require(server.application.opened.first)
        let payload = [UInt8](repeating: 0x61, count: 3_000)
        while connection.isOpen { connection.send(binary: payload) }
        peer.isReading = true
        let close = FrameEncoder.encode(
            .close,
            ClosePayload(code: CloseCode(rawValue: 3008), reason: "slow").bytes
        )
        try server.wait {
            peer.go()
            return peer.isOver || peer.received.suffix(close.count).elementsEqual(close)
        }
        // TLS would break if a record that had begun were replaced by another.
        let frame = FrameEncoder.encode(.binary, payload)
        #expect(peer.received.suffix(close.count).elementsEqual(close))
        #expect((peer.received.count - close.count) % frame.count == 0)
    }

    @Test func aHandshakeThatIsNotFinishedEnds() throws {
        let server = try server { $0.handshakeTimeout = .milliseconds(50) }
        let peer = try server.connect()
        peer.send([0x16, 0x03, 0x01])
        try server.wait { peer.isOver }
        #expect(server.server.counters.failedHandshakes == 1)
        #expect(server.server.connectionCount == 0)
    }

    @Test func bytesThatAreNoTLSAreRefused() throws {
        let server = try server()
        let peer = try server.connect()
        peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { peer.isOver }
        #expect(!peer.text.contains("HTTP"))
        #expect(server.server.counters.failedHandshakes == 1)
    }

    @Test func aTLSConnectionDoesNotMove() throws {
        let server = try server()
        let peer = try connectWebSocket(server)
        let connection = try #require(server.application.opened.first)
        #expect(connection.moved() == nil)
        #expect(!peer.isOver)
    }

    @Test func manyClientsShakeHandsAtOnce() throws {
        let server = try server()
        let peers = try (0..<40).map { _ in
            try TLSPeer(connectingTo: server.address, trusting: client)
        }
        try server.wait {
            for peer in peers { peer.go() }
            return peers.allSatisfy(\.isEstablished) && server.server.counters.handshakes == 40
        }
    }

    // MARK: PROXY

    @Test(arguments: [
        "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n",
        "PROXY TCP6 ::ffff:192.0.2.1 ::1 56324 443\r\n",
    ])
    func theProxySaysWhoTheClientIs(header: String) throws {
        let server = try server(proxied: true)
        let peer = try connectWebSocket(server, preamble: header)
        let connection = try #require(server.application.opened.first)
        #expect(connection.peer == .ipv4(0xC000_0201, port: 56_324))
        #expect(!peer.isOver)
    }

    @Test func aHeaderWithoutAClientLeavesTheProxy() throws {
        let server = try server(proxied: true)
        _ = try connectWebSocket(server, preamble: "PROXY UNKNOWN\r\n")
        #expect(try #require(server.application.opened.first).peer.isLoopback)
    }

    @Test func aStrangersWordCountsForNothing() throws {
        let server = try server(proxied: true, trusted: "192.0.2.0/24")
        let peer = try server.connect()
        peer.send("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n")
        try server.wait { peer.isOver }
        #expect(server.server.counters.failedHandshakes == 1)
    }

    @Test func whoeverComesWithoutAHeaderIsRefused() throws {
        let server = try server(proxied: true)
        let peer = try server.connect()
        peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { peer.isOver }
        #expect(peer.text.isEmpty)
    }

    @Test func aHeaderThatIsNotFinishedEnds() throws {
        let server = try server(proxied: true) { $0.handshakeTimeout = .milliseconds(50) }
        let peer = try server.connect()
        peer.send("PROXY TCP4 192.0.2.1")
        try server.wait { peer.isOver }
        #expect(server.server.counters.failedHandshakes == 1)
    }

    @Test func aTrustedProxyWritesWhoEachRequestIsFrom() throws {
        let server = try TestServer(
            trustedProxies: TrustedProxies(
                networks: [try #require(Network(parsing: "127.0.0.1"))],
                field: .xForwardedFor
            )
        )
        let peer = try server.connect()
        peer.send(
            TestServer.upgradeRequest.replacing(
                "Host: a\r\n",
                with: "Host: a\r\nX-Forwarded-For: 1.1.1.1, 192.0.2.7\r\n"
            )
        )
        try server.wait { !server.application.opened.isEmpty }
        #expect(server.application.opened[0].peer.host == "192.0.2.7")
    }
}
