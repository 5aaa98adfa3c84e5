// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import Testing
import WebServer

/// Bodies that are sent piece by piece: whole for who takes them, bounded for who does not.
@Suite struct StreamedBodyTests {
    private let head = HTTPResponse(status: .ok, headers: ["Content-Type": "text/plain"])

    /// A peer whose request is answered by a stream that has begun.
    private func stream(
        _ server: TestServer,
        _ request: String = "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"
    ) throws -> (peer: TestPeer, connection: Connection, answer: PendingAnswer) {
        let peer = try server.connect()
        let before = server.application.pending.count
        peer.send(request)
        try server.wait { server.application.pending.count == before + 1 }
        let answer = server.application.pending[before]
        let connection = try #require(server.server.beginStream(answer, head: head))
        return (peer, connection, answer)
    }

    @Test func sendsPiecesAsTheyComeAndTheNextAnswerBehindThem() throws {
        let server = try TestServer()
        let (peer, connection, answer) = try stream(server)
        try server.wait { peer.text.contains("Transfer-Encoding: chunked\r\n") }
        #expect(!peer.text.contains("Content-Length"))
        connection.send(BodyChunk(Array("one".utf8)))
        try server.wait { peer.text.hasSuffix("\r\n\r\n3\r\none\r\n") }
        connection.send(BodyChunk(Array("sixteen bytes ok".utf8)))
        try server.wait { peer.text.hasSuffix("10\r\nsixteen bytes ok\r\n") }
        #expect(server.server.endStream(answer))
        try server.wait { peer.text.hasSuffix("0\r\n\r\n") }
        #expect(!server.server.endStream(answer))
        connection.send(BodyChunk(Array("stray".utf8)))
        peer.forgetReceived()
        peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { peer.text.hasSuffix("page") }
        #expect(peer.text.hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func sendsTheSameBytesToAnHTTP10ClientUntilTheEnd() throws {
        let server = try TestServer()
        let (peer, connection, answer) = try stream(server, "GET /later HTTP/1.0\r\n\r\n")
        connection.send(BodyChunk(Array("one".utf8)))
        connection.send(BodyChunk(Array("two".utf8)))
        try server.wait { peer.text.hasSuffix("\r\n\r\nonetwo") }
        #expect(!peer.text.contains("chunked"))
        server.server.endStream(answer)
        try server.wait { peer.isOver }
        #expect(peer.text.hasSuffix("onetwo"))
    }

    @Test func answersHEADWithTheHeadAlone() throws {
        let server = try TestServer()
        let peer = try server.connect()
        peer.send("HEAD /later HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { !server.application.pending.isEmpty }
        #expect(server.server.beginStream(server.application.pending[0], head: head) == nil)
        peer.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { peer.text.components(of: "HTTP/1.1 200 OK") == 2 }
        #expect(!peer.text.contains("0\r\n\r\n0"))
        #expect(server.application.abandoned.isEmpty)
    }

    @Test func isToldWhenTheClientGoes() throws {
        let server = try TestServer()
        server.application.halfClose = .abandon
        let (peer, connection, answer) = try stream(server)
        peer.close()
        try server.wait { !server.application.abandoned.isEmpty }
        #expect(server.application.abandoned[0].answer == answer)
        #expect(server.application.abandoned[0].cause == .clientGone)
        #expect(!connection.isStreaming)
        connection.send(BodyChunk([1]))
        #expect(!server.server.endStream(answer))
        try server.wait { server.server.connectionCount == 0 }
    }

    @Test func endsAClientThatTakesTooLittleWithoutACompleteBody() throws {
        let server = try TestServer { $0.maximumUnsentByteCount = 100_000 }
        let (peer, connection, _) = try stream(server)
        peer.isReading = false
        let chunk = BodyChunk([UInt8](repeating: 0x61, count: 10_000))
        var sent = 0
        while connection.isStreaming, sent < 10_000 {
            connection.send(chunk)
            sent += 1
            #expect(connection.unsentByteCount <= 100_000)
        }
        #expect(!connection.isStreaming)
        try server.wait { !server.application.abandoned.isEmpty }
        #expect(server.application.abandoned[0].cause == .slow)
        #expect(server.server.counters.slowDisconnects == 1)
        peer.isReading = true
        try server.wait { peer.isOver }
        #expect(!peer.text.hasSuffix("0\r\n\r\n"), "what is cut short must not look complete")
    }

    @Test func endsAClientThatTakesNothingInTime() throws {
        let server = try TestServer { $0.sendTimeout = .milliseconds(50) }
        let (peer, connection, _) = try stream(server)
        peer.isReading = false
        let chunk = BodyChunk([UInt8](repeating: 0x61, count: 50_000))
        while connection.unsentByteCount == 0 { connection.send(chunk) }
        try server.wait { !server.application.abandoned.isEmpty }
        #expect(server.application.abandoned[0].cause == .slow)
        #expect(server.server.counters.slowDisconnects == 1)
    }

    @Test func endsAClientThatFallsTooFarBehindThoughItTakesSome() throws {
        let server = try TestServer { $0.maximumUnsentAge = .milliseconds(50) }
        let (peer, connection, _) = try stream(server)
        peer.isReading = false
        let chunk = BodyChunk([UInt8](repeating: 0x61, count: 50_000))
        while connection.unsentByteCount == 0 { connection.send(chunk) }
        try server.wait { !server.application.abandoned.isEmpty }
        #expect(server.application.abandoned[0].cause == .slow)
        #expect(server.server.counters.slowDisconnects == 1)
    }

    @Test func aWaitingValueIsReplacedByTheNewest() throws {
        let server = try TestServer()
        let (peer, connection, _) = try stream(server)
        peer.isReading = false
        let chunk = BodyChunk([UInt8](repeating: 0x61, count: 50_000))
        while connection.unsentByteCount == 0 { connection.send(chunk) }
        let before = connection.unsentByteCount
        for value in UInt8(0x30)..<0x3A {
            connection.send(BodyChunk([value], conflationKey: ConflationKey(rawValue: 1)))
        }
        #expect(connection.unsentByteCount == before + 6)
        peer.isReading = true
        try server.wait { peer.text.hasSuffix("1\r\n9\r\n") }
    }

    @Test func aKeptSessionIsToldOfItsEnd() throws {
        let server = try TestServer()
        let (peer, connection, answer) = try stream(server)
        connection.keep(server)
        #expect(server.server.endStream(answer))
        try server.wait { peer.text.hasSuffix("0\r\n\r\n") }
        #expect(server.application.closed.isEmpty)
        peer.close()
        try server.wait { !server.application.closed.isEmpty }
    }

    @Test func aQuietStreamHasNoDeadline() throws {
        let server = try TestServer {
            $0.requestHeadTimeout = .milliseconds(20)
            $0.keepAliveTimeout = .milliseconds(20)
        }
        server.application.patience = .milliseconds(20)
        // It has begun in time, so its patience is no more.
        let (peer, connection, _) = try stream(server)
        let end = MonotonicTime.now() + .milliseconds(150)
        try server.wait { MonotonicTime.now() > end }
        #expect(connection.isStreaming)
        #expect(!peer.isOver)
    }
}
