// SPDX-License-Identifier: Apache-2.0

import Compression
import Reactor
import TLS
import WebSocket

extension Connection {
    // MARK: The application's side

    /// Sends a frame whose bytes other connections may be sending too; ignored unless open.
    package func send(_ frame: SharedFrame) {
        guard isOpen else { return }
        enqueue(endpoint.compression == .deflate ? server.deflated(frame) : frame)
        guard queue.byteCount > server.limits.maximumUnsentByteCount else { return }
        // What a burst of answers has collected is not yet what the peer does not take.
        flush()
        if queue.byteCount > server.limits.maximumUnsentByteCount { closeAsSlow() }
    }

    /// Sends one text message; the bytes must be UTF-8.
    package func send(text: [UInt8]) {
        send(SharedFrame.text(text))
    }

    package func send(binary: [UInt8]) {
        send(SharedFrame.binary(binary))
    }

    /// Closes with a code and a reason of at most 123 bytes, after what is queued.
    package func close(code: UInt16, reason: String) {
        let code = CloseCode(rawValue: code)
        close(ClosePayload(code: code, reason: reason), .closedHere(code))
    }

    /// Ends the connection at once, without a close frame and without what is queued.
    package func abort() {
        end(.aborted)
    }

    func closeAsSlow() {
        server.counters.slowDisconnects += 1
        // What is queued would only delay the close frame; the client recovers it elsewhere.
        queue.dropUnstarted(keeping: tls?.heldByteCount ?? 0)
        close(server.limits.slowClosePayload, .slow)
    }

    private func close(_ payload: ClosePayload, _ cause: CloseCause) {
        guard phase == .webSocket, let answer = endpoint.close(payload) else { return }
        reportClosed(cause)
        enqueue(SharedFrame(.close, answer.bytes))
        if !isCorked { settle() }
    }

    // MARK: The peer's side

    /// Takes bytes from `offset` on up to one event, and acts on it.
    func processWebSocket(_ bytes: Span<UInt8>, from offset: inout Int) {
        act(on: endpoint.receive(bytes, from: &offset, limits: server.limits.webSocket))
    }

    private func act(on action: WebSocketEndpoint.Action?) {
        switch action {
        case .inflate(let opcode, let payload):
            act(on: endpoint.finishInflating(opcode, inflate(payload)))
        case .deliverText(let payload):
            countMessage()
            server.application.received(text: payload, on: self)
        case .deliverBinary(let payload):
            countMessage()
            server.application.received(binary: payload, on: self)
        case .sendPong(let payload):
            enqueue(SharedFrame(.pong, payload))
        case .receivedPong, nil:
            break
        case .finish(let answer, let ending):
            finish(answer, ending)
        }
    }

    /// A message's size is limited by what it becomes, not by what it came as.
    private func inflate(_ payload: [UInt8]) -> Result<[UInt8], WebSocketError> {
        do throws(InflateError) {
            return .success(
                try server.inflater.inflate(
                    payload,
                    maximumByteCount: server.limits.webSocket.maximumMessageByteCount
                )
            )
        } catch {
            return .failure(error == .tooBig ? .messageTooBig : .invalidCompression)
        }
    }

    private func finish(_ answer: ClosePayload?, _ ending: WebSocketEndpoint.Ending) {
        switch ending {
        case .closedByPeer(let payload):
            reportClosed(.closedByPeer(payload))
        case .closeAnswered:
            break
        case .violation(let error):
            server.counters.protocolErrors += 1
            reportClosed(.violation(error))
        }
        if let answer { enqueue(SharedFrame(.close, answer.bytes)) }
        finishSending()
    }
}
