// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor
import WebSocket

extension Connection {
    /// Starts another deadline if the connection now waits for something else.
    func updateDeadline() {
        let purpose = expected
        deadline.set(purpose, duration(of: purpose), from: server.loop.now)
    }

    /// Gives more time to a peer that took its share of what is queued.
    func countSent(_ byteCount: Int) {
        guard deadline.purpose == .sending else { return }
        deadline.countSent(byteCount)
        if deadline.sentByteCount >= WebServerLimits.minimumSentByteCount {
            deadline.restart(.sending, server.limits.sendTimeout, from: server.loop.now)
        }
    }

    /// Gives what follows a request its own time, although it was answered at once.
    func countRequest() {
        deadline.set(.none, nil, from: server.loop.now)
    }

    /// Gives the next message its own time: it may have begun in the bytes that ended the last one.
    func countMessage() {
        guard deadline.purpose == .message else { return }
        deadline.restart(.message, server.limits.messageTimeout, from: server.loop.now)
    }

    private var expected: Deadline.Purpose {
        switch phase {
        case .ended: return .none
        case .entering: return .entering
        case .lingering: return .lingering
        case .flushing: return .sending
        case .webSocket:
            if !endpoint.isOpen { return .closeHandshake }
            if !queue.isEmpty { return .sending }
            return endpoint.isInsideMessage ? .message : .none
        case .http:
            // First, so that a client that takes nothing does not stop the clock.
            if isAnswering, !isStreaming { return .answer }
            if !queue.isEmpty { return .sending }
            guard let exchange, !isStreaming else { return .none }
            if exchange.parser.isReadingBody { return .requestBody }
            let isFirst = exchange.answeredCount == 0
            return exchange.parser.isBetweenRequests && !isFirst ? .nextRequest : .requestHead
        }
    }

    private func duration(of purpose: Deadline.Purpose) -> Duration? {
        switch purpose {
        case .none: nil
        case .entering: server.limits.handshakeTimeout
        case .requestHead: server.limits.requestHeadTimeout
        case .requestBody: server.limits.requestBodyTimeout
        case .answer: exchange?.deferred?.patience
        case .nextRequest: server.limits.keepAliveTimeout
        case .sending: server.limits.sendTimeout
        case .message: server.limits.messageTimeout
        case .closeHandshake: server.limits.closeHandshakeTimeout
        case .lingering: server.limits.lingerTimeout
        }
    }

    func checkDeadline(_ now: MonotonicTime) {
        if let since = queue.waitingSince, isOpen || isStreaming,
            now - since > server.limits.maximumUnsentAge
        {
            // It takes its share, only slower than there is news: what it sees is long past.
            return isStreaming ? endAsSlow() : closeAsSlow()
        }
        guard now >= deadline.moment else { return }
        switch deadline.purpose {
        case .none:
            break
        case .entering:
            server.counters.failedHandshakes += 1
            end(.connectionLost(nil))
        case .requestHead, .requestBody:
            // A client that sent nothing at all may be a browser that connected ahead of need.
            let isSilent = exchange?.parser.isBetweenRequests ?? true
            if isSilent { end(.connectionLost(nil)) } else { refuseLateRequest() }
        case .answer:
            refuseLateAnswer()
        case .sending:
            if isReportedOpen || isStreaming { server.counters.slowDisconnects += 1 }
            end(.slow)
        case .message:
            close(code: CloseCode.policyViolation.rawValue, reason: "message too slow")
        case .nextRequest, .closeHandshake, .lingering:
            end(.connectionLost(nil))
        }
        settle()
    }

    private func refuseLateRequest() {
        server.counters.badRequests += 1
        answerLast(.text(.requestTimeout, "the request did not arrive in time"))
    }
}
