// SPDX-License-Identifier: Apache-2.0

package import HTTP
import Reactor

/// Answers that come later than their requests, whole or piece by piece.
extension Connection {
    /// What the end of the client's side means while an answer is awaited or streamed.
    package enum HalfClose: Sendable {
        /// The client may only have nothing more to ask, and still be there (RFC 9112 §9.6).
        case waitOn

        /// Nobody is there any more: right where a client stays for long and browsers just leave.
        case abandon
    }

    /// Puts off the answer to the request that `respond` is called with.
    ///
    /// Nothing that follows on this connection is read before it. After `patience` the client is
    /// told 504 and the application that the answer is abandoned.
    package func deferAnswer(
        within patience: Duration,
        halfClose: HalfClose = .waitOn
    ) -> PendingAnswer {
        guard let exchange, let context = exchange.context else {
            preconditionFailure("no request waits for its answer")
        }
        // It only has to differ from those before and after it.
        let answer = PendingAnswer(
            connection: id,
            number: UInt32(truncatingIfNeeded: exchange.answeredCount)
        )
        exchange.deferred = HTTPExchange.Deferred(
            answer: answer,
            context: context,
            patience: patience,
            halfClose: halfClose
        )
        deadline.restart(.answer, patience, from: server.loop.now)
        server.counters.deferredAnswers += 1
        return answer
    }

    /// Gives the connection a session before it is a WebSocket; its end will be told by `closed`.
    package func keep(_ session: AnyObject) {
        self.session = session
        isReportedOpen = true
    }

    /// Whether the next request has to wait for the answer to this one.
    var isAnswering: Bool { exchange?.deferred != nil }

    /// Whether a body is being streamed.
    package var isStreaming: Bool { exchange?.deferred?.isStreaming ?? false }

    func finishDeferred(_ pending: PendingAnswer, _ response: HTTPResponse) -> Bool {
        guard let deferred = deferred(pending), !deferred.isStreaming else { return false }
        exchange?.deferred = nil
        answer(response, deferred.context)
        goOn()
        return true
    }

    /// Sends the head of an answer whose body follows in pieces.
    func beginStream(_ pending: PendingAnswer, _ head: HTTPResponse) -> Bool {
        guard let deferred = deferred(pending), !deferred.isStreaming else { return false }
        var context = deferred.context
        let framing: HTTPResponseEncoder.BodyFraming =
            context.version >= .http11 ? .chunked : .untilClose
        if framing == .untilClose || server.isDraining { context.keepsConnectionAlive = false }
        let bytes = HTTPResponseEncoder.encodeHead(
            secured(head),
            context,
            framing: framing,
            date: server.dateText()
        )
        exchange?.deferred?.context = context
        exchange?.deferred?.isStreaming = true
        exchange?.deferred?.isChunked = framing == .chunked
        enqueue(SharedFrame(encoded: bytes))
        guard context.method != .head else {
            _ = endStream(pending)
            return false
        }
        if !isCorked { settle() }
        return self.deferred(pending) != nil
    }

    /// Sends the next piece of a streamed body, at once where the kernel takes it.
    ///
    /// A client that has more than `maximumUnsentByteCount` waiting is ended as slow.
    package func send(_ chunk: BodyChunk) {
        guard let deferred = exchange?.deferred, deferred.isStreaming else { return }
        enqueue(deferred.isChunked ? chunk.chunked : chunk.plain)
        guard queue.byteCount > server.limits.maximumUnsentByteCount else { return }
        flush()
        guard queue.byteCount > server.limits.maximumUnsentByteCount else { return }
        endAsSlow()
    }

    /// Not by a last chunk: a body that is cut short must not look complete (RFC 9112 §8).
    func endAsSlow() {
        server.counters.slowDisconnects += 1
        end(.slow)
    }

    /// Ends a streamed body in order.
    func endStream(_ pending: PendingAnswer) -> Bool {
        guard let deferred = deferred(pending), deferred.isStreaming else { return false }
        exchange?.deferred = nil
        if deferred.isChunked, deferred.context.method != .head {
            enqueue(SharedFrame(encoded: ChunkedBodyEncoder.lastChunk))
        }
        if !deferred.context.keepsConnectionAlive || server.isDraining { finishSending() }
        goOn()
        return true
    }

    /// Tells the client that no answer came in time.
    func refuseLateAnswer() {
        guard let deferred = exchange?.deferred else { return }
        exchange?.deferred = nil
        server.counters.lateAnswers += 1
        server.reportAbandoned(self, deferred.answer, .late)
        answer(.text(.gatewayTimeout, "the answer did not come in time"), deferred.context)
        goOn()
    }

    /// The connection is over: what is still said to its request is dropped.
    func abandonDeferred(_ cause: CloseCause) {
        guard let deferred = exchange?.deferred else { return }
        exchange?.deferred = nil
        server.counters.abandonedAnswers += 1
        server.reportAbandoned(self, deferred.answer, cause == .slow ? .slow : .clientGone)
    }

    private func deferred(_ pending: PendingAnswer) -> HTTPExchange.Deferred? {
        guard phase == .http, let deferred = exchange?.deferred, deferred.answer == pending else {
            return nil
        }
        return deferred
    }

    /// Takes up what the client asked meanwhile; while bytes are processed, their loop does.
    private func goOn() {
        guard !isCorked, phase != .ended else { return }
        if peerHasEnded, phase == .http, unprocessed.isEmpty { finishSending() }
        resume()
        settle()
    }
}

extension WebServer {
    /// Gives an answer that was put off; false where nobody waits for it any more.
    @discardableResult
    package func answer(_ pending: PendingAnswer, with response: HTTPResponse) -> Bool {
        connection(pending.connection)?.finishDeferred(pending, response) ?? false
    }

    /// Begins to answer by a stream, with the status and fields of `head`; its body is left out.
    ///
    /// - Returns: where `send` takes the body; nil where nobody waits for it, or wants only a head.
    package func beginStream(
        _ pending: PendingAnswer,
        head: HTTPResponse
    ) -> Connection? {
        guard let connection = connection(pending.connection),
            connection.beginStream(pending, head)
        else { return nil }
        return connection
    }

    /// Ends a stream in order: the client has got all of it.
    @discardableResult
    package func endStream(_ pending: PendingAnswer) -> Bool {
        connection(pending.connection)?.endStream(pending) ?? false
    }
}
