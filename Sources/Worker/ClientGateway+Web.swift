// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HTTP
import Manifest
import StatusPage
import WebServer

extension ClientGateway: WebApplication {
    func respond(to request: HTTPRequest, on connection: Connection) -> HTTPAnswer {
        if let answer = answerFromPlugin(request, on: connection) { return answer }
        if let answer = read(request, on: connection) { return answer }
        return .now(
            routes.respond(to: request, from: connection.peer, hubIsConnected: hub.isConnected)
        )
    }

    func decideUpgrade(_ request: HTTPRequest, on connection: Connection) -> UpgradeDecision {
        guard request.path == HTTPRoutes.webSocketPath else { return .refuse(.notFound) }
        guard routes.origins.allows(request) else {
            status.add(.refusedOrigins)
            return .refuse(routes.foreignOrigin)
        }
        guard !isRetired, sessions.count < configuration.client.maximumConnections else {
            status.add(.rejectedConnections)
            return .refuse(routes.serviceUnavailable)
        }
        return .accept(subprotocol: nil)
    }

    func opened(_ connection: Connection) {
        status.add(.acceptedConnections)
        // It polled before, on the same connection.
        if let reader = connection.session as? ReaderSession {
            end(reader, code: Disconnect.connectionClosed.rawValue)
        }
        connection.session = makeSession(Session.self, for: connection)
    }

    func abandoned(_ answer: PendingAnswer, on connection: Connection, _ cause: AbandonCause) {
        // Whose client is gone is told of by `closed`, too.
        guard cause == .late, let reader = connection.session as? ReaderSession,
            reader.answer == answer
        else { return }
        end(reader, code: Disconnect.serverError.rawValue)
    }

    func received(text: [UInt8], on connection: Connection) {
        guard let session = connection.session as? Session, !session.isClosed else { return }
        if let held = session.heldMessages { return hold(text, in: held, of: session) }
        handle(text, of: session)
    }

    func received(binary: [UInt8], on connection: Connection) {
        status.add(.badRequests)
        guard let session = connection.session as? Session else { return }
        end(session, code: 1003)
        // RFC 6455 §7.4.1: 1003, a type of data that this endpoint cannot accept.
        connection.close(code: 1003, reason: "text frames only")
    }

    func closed(_ connection: Connection, _ cause: CloseCause) {
        guard let session = connection.session as? Session else { return }
        connection.session = nil
        end(session, code: cause.code)
    }

    /// A client that does not wait for its `connect` is answered in order all the same.
    private func hold(_ text: [UInt8], in held: HeldMessages, of session: Session) {
        let client = configuration.client
        guard held.byteCount + text.count <= client.maximumMessageByteCount,
            held.messages.count < client.maximumPendingCommands
        else { return disconnect(session, .tooManyRequests) }
        held.append(text)
    }

    /// Handles one message: one or more commands, each on its line.
    func handle(_ text: [UInt8], of session: Session) {
        batchingReplies(to: session) {
            let maximumCount = configuration.client.maximumCommandsPerMessage
            guard let lines = try? FrameLines.ranges(of: text.span, maximumCount: maximumCount)
            else {
                status.add(.oversizedBatches)
                return reject(session)
            }
            for line in lines where !session.isClosed {
                if let held = session.heldMessages {
                    // The `connect` of this very message waits: so does what is left.
                    return hold(Array(text[line.lowerBound...]), in: held, of: session)
                }
                decodeAndHandle(text, line, of: session)
            }
        }
    }

    private func decodeAndHandle(_ text: [UInt8], _ line: Range<Int>, of session: Session) {
        do {
            let command = try CommandDecoder.decode(
                text.span.extracting(line),
                limits: jsonLimits
            )
            handle(AskedCommand(command, message: text, line: line), of: session)
        } catch {
            status.add(.badRequests)
            guard let id = error.id else { return reject(session) }
            session.errorCount += 1
            guard session.errorCount < configuration.client.maximumErrors else {
                status.add(.errorLimits)
                return disconnect(session, .tooManyErrors)
            }
            refuse(session, id, error.reply)
        }
    }

    /// What cannot be answered because it has no id ends the connection: the client is not one.
    private func reject(_ session: Session) {
        status.add(.badRequests)
        disconnect(session, .badRequest)
    }
}
