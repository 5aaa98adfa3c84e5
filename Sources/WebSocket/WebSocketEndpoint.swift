// SPDX-License-Identifier: Apache-2.0

/// One side of an open WebSocket: what to do about what the peer sends, and the close handshake.
///
/// A value without sockets: the owner feeds it bytes, sends what it says to send, and ends the
/// connection when it says so. After `finish` it takes no more bytes.
package struct WebSocketEndpoint: Sendable {
    package enum Action: Hashable, Sendable {
        case deliverText([UInt8])
        case deliverBinary([UInt8])

        /// A message to be decompressed, within the limit of any, and then `finishInflating`.
        case inflate(Opcode, [UInt8])

        /// A ping to be answered with a pong of the same payload.
        case sendPong([UInt8])

        /// A pong, asked for or not; it counts as a sign of life.
        case receivedPong([UInt8])

        /// Send this close frame, if there is one, and then end the connection.
        case finish(ClosePayload?, Ending)
    }

    /// Why it is over.
    package enum Ending: Hashable, Sendable {
        case closedByPeer(ClosePayload)
        case closeAnswered(ClosePayload)
        case violation(WebSocketError)
    }

    private enum State {
        case open
        case closeSent
        case finished
    }

    /// The decoder of a message or frame that has begun; none between messages, so that an idle
    /// connection does not carry it along.
    private var begun: [MessageDecoder] = []
    private let sender: Sender

    /// What the handshake agreed on.
    package let compression: MessageCompression
    private var state = State.open

    package init(receivingFrom sender: Sender, _ compression: MessageCompression = .none) {
        self.sender = sender
        self.compression = compression
    }

    /// Whether messages may still be sent.
    package var isOpen: Bool { state == .open }

    /// Whether the peer has begun a message or a frame and not ended it.
    package var isInsideMessage: Bool { !begun.isEmpty }

    /// Bytes that bring a new endpoint of an open WebSocket to where this one stands.
    package var replay: [UInt8] { begun.first?.replay ?? [] }

    /// Takes bytes from `offset` on up to the next action; nil when it has taken them all.
    package mutating func receive(
        _ bytes: Span<UInt8>,
        from offset: inout Int,
        limits: WebSocketLimits
    ) -> Action? {
        while state != .finished {
            let event: WebSocketEvent?
            do throws(WebSocketError) {
                event = try decode(bytes, from: &offset, limits: limits)
            } catch {
                return finish(answer: Self.payload(for: error), .violation(error))
            }
            guard let event else { return nil }
            if let action = action(for: event) { return action }
        }
        offset = bytes.count
        return nil
    }

    /// Takes up a message that was decompressed, or the reason why it could not be.
    package mutating func finishInflating(
        _ opcode: Opcode,
        _ result: Result<[UInt8], WebSocketError>
    ) -> Action? {
        guard state == .open else { return nil }
        switch result {
        case .failure(let error):
            return finish(answer: Self.payload(for: error), .violation(error))
        case .success(let bytes):
            guard opcode == .text else { return .deliverBinary(bytes) }
            var validator = UTF8Validator()
            guard validator.consume(bytes, from: 0), validator.isAtBoundary else {
                return finish(answer: Self.payload(for: .invalidUTF8), .violation(.invalidUTF8))
            }
            return .deliverText(bytes)
        }
    }

    private mutating func decode(
        _ bytes: Span<UInt8>,
        from offset: inout Int,
        limits: WebSocketLimits
    ) throws(WebSocketError) -> WebSocketEvent? {
        guard begun.isEmpty else {
            let event = try begun[0].decode(bytes, from: &offset, limits: limits)
            if !begun[0].isInsideMessage { begun = [] }
            return event
        }
        var decoder = MessageDecoder(from: sender, compression)
        let event = try decoder.decode(bytes, from: &offset, limits: limits)
        if decoder.isInsideMessage { begun = [decoder] }
        return event
    }

    /// Begins the close handshake: the close frame to send, or nil when it has begun already.
    package mutating func close(_ payload: ClosePayload) -> ClosePayload? {
        guard state == .open else { return nil }
        state = .closeSent
        return payload
    }

    /// Once a close frame is sent nothing may follow it, so what still comes is dropped
    /// (RFC 6455 §5.5.1), except for the close frame that ends the handshake.
    private mutating func action(for event: WebSocketEvent) -> Action? {
        switch event {
        case .text(let bytes): state == .open ? .deliverText(bytes) : nil
        case .binary(let bytes): state == .open ? .deliverBinary(bytes) : nil
        case .compressed(let opcode, let bytes): state == .open ? .inflate(opcode, bytes) : nil
        case .ping(let bytes): state == .open ? .sendPong(bytes) : nil
        case .pong(let bytes): state == .open ? .receivedPong(bytes) : nil
        case .close(let payload):
            // The answer carries the same code and needs no reason (RFC 6455 §5.5.1).
            state == .open
                ? finish(answer: ClosePayload(code: payload.code), .closedByPeer(payload))
                : finish(answer: nil, .closeAnswered(payload))
        }
    }

    private mutating func finish(answer: ClosePayload?, _ ending: Ending) -> Action {
        let mayAnswer = state == .open
        state = .finished
        return .finish(mayAnswer ? answer : nil, ending)
    }

    private static func payload(for error: WebSocketError) -> ClosePayload {
        ClosePayload(code: error.closeCode, reason: error.reason)
    }
}
