// SPDX-License-Identifier: Apache-2.0

import HTTP
import WebServer
import WebSocket

/// Sends every message back, answers some paths, and remembers what it was told.
final class EchoApplication: WebApplication {
    var opened: [Connection] = []
    var closed: [CloseCause] = []
    var requests: [HTTPRequest] = []
    var page: [UInt8] = Array("page".utf8)
    var pending: [PendingAnswer] = []
    var abandoned: [(answer: PendingAnswer, cause: AbandonCause)] = []
    var patience = Duration.seconds(10)
    var halfClose = Connection.HalfClose.waitOn
    var onDeferred: (PendingAnswer) -> Void = { _ in }
    var isEchoing = true
    var onText: (Connection, [UInt8]) -> Void = { _, _ in }

    func respond(to request: HTTPRequest, on connection: Connection) -> HTTPAnswer {
        requests.append(request)
        if request.path == "/later" {
            let answer = connection.deferAnswer(within: patience, halfClose: halfClose)
            pending.append(answer)
            onDeferred(answer)
            return .later(answer)
        }
        return .now(response(to: request))
    }

    func abandoned(_ answer: PendingAnswer, on connection: Connection, _ cause: AbandonCause) {
        abandoned.append((answer, cause))
    }

    private func response(to request: HTTPRequest) -> HTTPResponse {
        switch request.path {
        case "/": HTTPResponse(status: .ok, body: page)
        case "/body": HTTPResponse(status: .ok, body: request.body)
        case "/ws": .webSocketRequired
        default: .notFound
        }
    }

    func decideUpgrade(_ request: HTTPRequest, on connection: Connection) -> UpgradeDecision {
        guard request.path == "/ws" else { return .refuse(.notFound) }
        return .accept(subprotocol: nil)
    }

    func opened(_ connection: Connection) {
        opened.append(connection)
    }

    func received(text: [UInt8], on connection: Connection) {
        if isEchoing { connection.send(text: text) }
        onText(connection, text)
    }

    func received(binary: [UInt8], on connection: Connection) {
        if isEchoing { connection.send(binary: binary) }
    }

    func closed(_ connection: Connection, _ cause: CloseCause) {
        closed.append(cause)
    }
}
