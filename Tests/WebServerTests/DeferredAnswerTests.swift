// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import Testing
import WebServer

/// Answers that come later than their requests: in order, in time, and to nobody else.
@Suite struct DeferredAnswerTests {
    private let request = "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func answersLaterAndKeepsTheConnection() throws {
        let server = try TestServer()
        let peer = try server.connect()
        peer.send(request)
        try server.wait { server.application.pending.count == 1 }
        #expect(peer.received.isEmpty)
        #expect(server.server.answer(server.application.pending[0], with: .text(.ok, "late")))
        try server.wait { peer.text.hasSuffix("late\n") }
        #expect(!server.server.answer(server.application.pending[0], with: .text(.ok, "twice")))
        peer.forgetReceived()
        peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { peer.text.hasSuffix("page") }
        #expect(server.server.counters.deferredAnswers == 1)
        #expect(server.server.counters.abandonedAnswers == 0)
    }

    @Test func anAnswerGivenWhileAskedIsAnAnswer() throws {
        let server = try TestServer()
        server.application.onDeferred = { server.server.answer($0, with: .text(.ok, "now")) }
        let peer = try server.connect()
        peer.send(request + request + "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { peer.text.hasSuffix("page") }
        #expect(peer.text.components(of: "now\n") == 2)
    }

    @Test func holdsPipelinedRequestsUntilTheOneBeforeIsAnswered() throws {
        let server = try TestServer()
        let peer = try server.connect()
        peer.send(request + request + "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try server.wait { server.application.pending.count == 1 }
        for _ in 0..<10 { try server.loop.runOnce(maximumWait: .milliseconds(1)) }
        #expect(server.application.requests.count == 1, "one answer at a time is awaited")
        #expect(server.server.answer(server.application.pending[0], with: .text(.ok, "first")))
        try server.wait { server.application.pending.count == 2 }
        #expect(server.server.answer(server.application.pending[1], with: .text(.ok, "second")))
        try server.wait { peer.text.hasSuffix("page") }
        let first = try #require(peer.text.firstRange(of: "first"))
        let second = try #require(peer.text.firstRange(of: "second"))
        #expect(first.lowerBound < second.lowerBound)
    }

    @Test func dropsAnAnswerForAClientThatIsGoneAndItsSuccessorIsSafe() throws {
        let server = try TestServer()
        server.application.halfClose = .abandon
        let peer = try server.connect()
        peer.send(request)
        try server.wait { server.application.pending.count == 1 }
        peer.close()
        try server.wait { !server.application.abandoned.isEmpty }
        #expect(server.application.abandoned[0].cause == .clientGone)
        #expect(server.application.abandoned[0].answer == server.application.pending[0])
        #expect(server.server.counters.abandonedAnswers == 1)
        // The next connection takes the same slot.
        let next = try server.connect()
        next.send(request)
        try server.wait { server.application.pending.count == 2 }
        #expect(!server.server.answer(server.application.pending[0], with: .text(.ok, "stray")))
        #expect(server.server.answer(server.application.pending[1], with: .text(.ok, "own")))
        try server.wait { next.text.hasSuffix("own\n") }
    }

    @Test func answersAClientThatHasOnlyEndedItsSide() throws {
        let server = try TestServer()
        let peer = try server.connect()
        peer.send(request)
        try server.wait { peer.hasSentAll }
        peer.endSending()
        try server.wait { server.application.pending.count == 1 }
        for _ in 0..<10 { try server.loop.runOnce(maximumWait: .milliseconds(1)) }
        #expect(server.application.abandoned.isEmpty)
        #expect(server.server.answer(server.application.pending[0], with: .text(.ok, "here")))
        try server.wait { peer.isOver }
        #expect(peer.text.hasSuffix("here\n"))
    }

    @Test func tells504WhenNoAnswerComes() throws {
        let server = try TestServer()
        server.application.patience = .milliseconds(50)
        let peer = try server.connect()
        peer.send(request)
        try server.wait { peer.text.hasPrefix("HTTP/1.1 504 Gateway Timeout\r\n") }
        try server.wait { !server.application.abandoned.isEmpty }
        #expect(server.application.abandoned[0].cause == .late)
        #expect(server.server.counters.lateAnswers == 1)
        #expect(!server.server.answer(server.application.pending[0], with: .text(.ok, "late")))
        // The connection goes on, and the next answer has its own time.
        server.application.patience = .seconds(10)
        peer.forgetReceived()
        peer.send(request)
        try server.wait { server.application.pending.count == 2 }
        server.server.answer(server.application.pending[1], with: .text(.ok, "in time"))
        try server.wait { peer.text.hasSuffix("in time\n") }
    }

    @Test func aDrainWaitsForTheAnswerAndThenEndsTheConnection() throws {
        let server = try TestServer()
        let peer = try server.connect()
        peer.send(request)
        try server.wait { server.application.pending.count == 1 }
        server.server.stopAccepting()
        for _ in 0..<10 { try server.loop.runOnce(maximumWait: .milliseconds(1)) }
        #expect(!peer.isOver)
        server.server.answer(server.application.pending[0], with: .text(.ok, "last"))
        try server.wait { peer.isOver }
        #expect(peer.text.contains("Connection: close\r\n"))
        #expect(peer.text.hasSuffix("last\n"))
    }
}
