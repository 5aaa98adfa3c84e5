// SPDX-License-Identifier: Apache-2.0

/// What a peer sent, its frames put together and unmasked.
package enum WebSocketEvent: Hashable, Sendable {
    /// Valid UTF-8.
    case text([UInt8])
    case binary([UInt8])
    /// A whole message, text or binary, as it was compressed; nothing of it is checked.
    case compressed(Opcode, [UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(ClosePayload)
}

/// Reads messages from a connection's bytes, in whatever pieces they arrive.
///
/// A frame that would make its message too big is refused at its header, before any of it is
/// held. Memory grows with what has arrived, never with what a header announces. After an error
/// the decoder must not be used again.
package struct MessageDecoder: Sendable {
    /// What must be remembered of a header until its payload is there.
    struct Frame {
        let opcode: Opcode
        let isFinal: Bool
    }

    private(set) var message: [UInt8] = []
    private(set) var control: [UInt8] = []
    private(set) var header = FrameHeaderParser()
    private(set) var frame: Frame?
    private(set) var missingByteCount = 0
    private(set) var key: UInt32 = 0
    private(set) var messageOpcode: Opcode?
    private(set) var messageIsCompressed = false
    private var validator = UTF8Validator()
    let sender: Sender
    private let compression: MessageCompression

    /// - Parameters:
    ///   - sender: the side whose frames these are, not the side that reads them.
    ///   - compression: what the handshake agreed on.
    package init(from sender: Sender, _ compression: MessageCompression = .none) {
        self.sender = sender
        self.compression = compression
    }

    /// Whether part of a frame, or of a message, has arrived and the rest has not.
    package var isInsideMessage: Bool {
        messageOpcode != nil || frame != nil || !header.isBetweenFrames
    }

    /// Takes bytes from `offset` on up to the next event; nil when it has taken them all.
    package mutating func decode(
        _ bytes: Span<UInt8>,
        from offset: inout Int,
        limits: WebSocketLimits
    ) throws(WebSocketError) -> WebSocketEvent? {
        while true {
            if let frame {
                if missingByteCount > 0 {
                    guard offset < bytes.count else { return nil }
                    try takePayload(of: frame, bytes, from: &offset)
                    guard missingByteCount == 0 else { return nil }
                }
                self.frame = nil
                if let event = try end(frame) { return event }
            } else {
                guard offset < bytes.count else { return nil }
                let byte = bytes[offset]
                offset += 1
                if let complete = try header.consume(byte, from: sender, compression) {
                    try begin(complete, limits: limits)
                }
            }
        }
    }

    /// Checks a frame's place among the others and its size (RFC 6455 §5.4).
    private mutating func begin(
        _ header: FrameHeader,
        limits: WebSocketLimits
    ) throws(WebSocketError) {
        if !header.opcode.isControl {
            switch (header.opcode, messageOpcode) {
            case (.continuation, nil): throw .unexpectedContinuation
            case (.continuation, _): break
            case (_, nil):
                messageOpcode = header.opcode
                messageIsCompressed = header.isCompressed
            default: throw .expectedContinuation
            }
            let room = max(limits.maximumMessageByteCount - message.count, 0)
            guard header.payloadByteCount <= UInt64(room) else { throw .messageTooBig }
        }
        guard let byteCount = Int(exactly: header.payloadByteCount) else { throw .messageTooBig }
        missingByteCount = byteCount
        key = header.maskingKey ?? 0
        frame = Frame(opcode: header.opcode, isFinal: header.isFinal)
    }

    private mutating func takePayload(
        of frame: Frame,
        _ bytes: Span<UInt8>,
        from offset: inout Int
    ) throws(WebSocketError) {
        let count = min(missingByteCount, bytes.count - offset)
        let range = offset..<(offset + count)
        if frame.opcode.isControl {
            Masking.append(bytes, range, key: key, to: &control)
        } else {
            let start = message.count
            Masking.append(bytes, range, key: key, to: &message)
            if messageOpcode == .text, !messageIsCompressed {
                // Checked as it comes, so that a long invalid text fails at once.
                guard validator.consume(message, from: start) else { throw .invalidUTF8 }
            }
        }
        key = Masking.advance(key, by: count)
        missingByteCount -= count
        offset += count
    }

    private mutating func end(_ frame: Frame) throws(WebSocketError) -> WebSocketEvent? {
        if frame.opcode.isControl {
            let payload = control
            control = []
            return switch frame.opcode {
            case .ping: .ping(payload)
            case .pong: .pong(payload)
            default: .close(try ClosePayload(parsing: payload, from: sender))
            }
        }
        guard frame.isFinal else { return nil }
        guard validator.isAtBoundary else { throw .invalidUTF8 }
        let opcode = messageOpcode ?? .binary
        let payload = message
        message = []
        messageOpcode = nil
        guard !messageIsCompressed else {
            messageIsCompressed = false
            return .compressed(opcode, payload)
        }
        return opcode == .text ? .text(payload) : .binary(payload)
    }
}
