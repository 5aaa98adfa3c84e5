// SPDX-License-Identifier: Apache-2.0

import Digests
import HTTP
import WebSocket

extension Connection {
    /// Takes bytes from `offset` on up to the end of one request, and answers it.
    func processHTTP(_ bytes: Span<UInt8>, from offset: inout Int) {
        guard let exchange else { preconditionFailure("no exchange while speaking HTTP") }
        do throws(HTTPRequestError) {
            switch try exchange.parser.parse(bytes, from: &offset) {
            case .request(let request):
                server.counters.requests += 1
                exchange.answeredCount += 1
                countRequest()
                take(request)
            case .expectsContinue:
                enqueue(SharedFrame(encoded: HTTPResponseEncoder.continueResponse))
            case nil:
                break
            }
        } catch {
            server.counters.badRequests += 1
            answerLast(HTTPResponse(refusing: error))
        }
    }

    /// Answers what could not be read to its end; nothing after it can be read either.
    func answerLast(_ response: HTTPResponse) {
        answer(response, .unreadable)
    }

    /// Closes a connection that waits for its next request, since the server is going.
    func endIfIdle() {
        if phase == .entering { return end(.connectionLost(nil)) }
        guard phase == .http, queue.isEmpty, !isAnswering,
            exchange?.parser.isBetweenRequests ?? false
        else { return }
        end(.connectionLost(nil))
    }

    private func take(_ request: HTTPRequest) {
        if let direct = exchange?.directPeer {
            // Of each request anew: a proxy may send several clients' over one connection.
            let client = ForwardedClient.address(
                request.headers,
                server.trustedProxies.field,
                direct: direct,
                trusted: server.trustedProxies.networks
            )
            guard move(to: client) else {
                return answerLast(.text(.tooManyRequests, "too many connections from your address"))
            }
        }
        let context = HTTPResponseEncoder.Context(answering: request)
        guard ServerHandshake.isRequested(by: request) else {
            exchange?.context = context
            let said = server.application.respond(to: request, on: self)
            exchange?.context = nil
            guard case .now(let response) = said else { return }
            exchange?.deferred = nil
            return answer(response, context)
        }
        guard !server.isDraining else {
            answer(.text(.serviceUnavailable, "going away"), context)
            return
        }
        do throws(HandshakeError) {
            let handshake = try ServerHandshake(checking: request)
            switch server.application.decideUpgrade(request, on: self) {
            case .accept(let subprotocol):
                upgrade(handshake, subprotocol: subprotocol)
            case .refuse(let response):
                answer(response, context)
            }
        } catch {
            server.counters.badRequests += 1
            answer(error.response, context)
        }
    }

    func answer(_ response: HTTPResponse, _ context: HTTPResponseEncoder.Context) {
        // The application may have aborted the connection instead of answering.
        guard phase == .http else { return }
        var context = context
        if server.isDraining { context.keepsConnectionAlive = false }
        let bytes = HTTPResponseEncoder.encode(
            secured(response),
            context,
            date: server.dateText()
        )
        enqueue(SharedFrame(encoded: bytes))
        if !context.keepsConnectionAlive { finishSending() }
    }

    /// Tells browsers to come over TLS alone, where it is wanted; it means nothing without TLS
    /// (RFC 6797 §7.2).
    func secured(_ response: HTTPResponse) -> HTTPResponse {
        guard tls != nil, server.strictTransportAge > .zero else { return response }
        var response = response
        let age = server.strictTransportAge.components.seconds
        response.headers.append("Strict-Transport-Security", "max-age=\(age)")
        return response
    }

    private func upgrade(_ handshake: ServerHandshake, subprotocol: String?) {
        guard phase == .http else { return }
        let compression: MessageCompression =
            handshake.deflateAnswer == nil ? .none : server.limits.compression
        let response = handshake.response(
            acceptDigest: SHA1.digest(handshake.key.acceptInput),
            subprotocol: subprotocol,
            compression
        )
        endpoint = WebSocketEndpoint(receivingFrom: .client, compression)
        let bytes = HTTPResponseEncoder.encode(response, .unreadable, date: "")
        enqueue(SharedFrame(encoded: bytes))
        phase = .webSocket
        exchange = nil
        isReportedOpen = true
        server.counters.upgrades += 1
        server.application.opened(self)
    }
}
