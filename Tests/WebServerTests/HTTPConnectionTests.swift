// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import Testing
import WebServer

@Suite struct HTTPConnectionTests {
    @Test func answersAndKeepsTheConnection() throws {
        let server = try TestServer()
        let peer = try server.connect()
        peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { peer.text.hasSuffix("page") }
        #expect(peer.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(peer.text.contains("Date: "))
        peer.forgetReceived()
        peer.send("GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        try server.wait { peer.hasEnded }
        #expect(peer.text.hasPrefix("HTTP/1.1 404 "))
        try server.wait { server.server.connectionCount == 0 }
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let server = try TestServer()
        let one = "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
        let two =
            "POST /body HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\ntwo"
        let text = try server.exchange(one + two + one)
        #expect(text.components(of: "HTTP/1.1 200 OK") == 2)
        #expect(text.hasSuffix("two"))
    }

    @Test func answersManyPipelinedRequestsThoughTheirAnswersAreLarge() throws {
        let server = try TestServer { $0.pauseReadingAboveUnsentByteCount = 10_000 }
        server.application.page = [UInt8](repeating: 0x61, count: 50_000)
        let peer = try server.connect()
        peer.isReading = false
        peer.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 200))
        try server.wait { server.application.requests.count > 10 }
        for _ in 0..<20 { try server.loop.runOnce(maximumWait: .milliseconds(1)) }
        let answered = server.application.requests.count
        #expect(answered < 200, "a client that takes nothing is not answered on and on")
        peer.isReading = true
        try server.wait { server.application.requests.count == 200 }
        try server.wait { peer.received.count > 200 * 50_000 }
        #expect(!peer.isOver)
    }

    @Test func speaksHTTP10() throws {
        let server = try TestServer()
        let text = try server.exchange("GET / HTTP/1.0\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text.hasSuffix("page"))
    }

    @Test func answersHEADWithoutABody() throws {
        let server = try TestServer()
        let text = try server.exchange("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(text.contains("Content-Length: 4\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func answersAClientThatHasEndedItsSide() throws {
        let server = try TestServer()
        let peer = try server.connect()
        peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { peer.hasSentAll }
        peer.endSending()
        try server.wait { peer.isOver }
        #expect(peer.hasEnded)
        #expect(peer.text.hasSuffix("page"))
    }

    @Test func asksForABodyThatWaits() throws {
        let server = try TestServer()
        let peer = try server.connect()
        peer.send(
            "POST /body HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        try server.wait { peer.text == "HTTP/1.1 100 Continue\r\n\r\n" }
        peer.send("hi")
        try server.wait { peer.text.hasSuffix("\r\n\r\nhi") }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET /\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413),
        ("GET /\(String(repeating: "x", count: 9000)) HTTP/1.1\r\n", 414),
        ("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 20_000))\r\n", 431),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("GET / HTTP/3.0\r\n\r\n", 505),
    ])
    func answersARefusedRequestAndEndsTheConnection(_ text: String, _ status: Int) throws {
        let server = try TestServer()
        let peer = try server.connect()
        // More than is looked at: it must not turn the answer into a reset.
        peer.send(text + String(repeating: "y", count: 100_000))
        try server.wait { peer.isOver }
        #expect(peer.hasEnded)
        #expect(peer.text.hasPrefix("HTTP/1.1 \(status) "))
        #expect(peer.text.contains("Connection: close\r\n"))
        #expect(server.server.counters.badRequests == 1)
        #expect(server.application.requests.isEmpty)
    }
}

extension String {
    /// How often a text occurs.
    func components(of part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
