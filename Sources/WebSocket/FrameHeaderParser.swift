// SPDX-License-Identifier: Apache-2.0

/// Reads a frame's header byte by byte, refusing each violation at the byte that shows it.
///
/// It holds numbers only, so that a connection between two frames owns no memory.
struct FrameHeaderParser: Sendable {
    private static let highestBit: UInt8 = 0x80
    private static let reservedBits: UInt8 = 0x70
    /// RSV1, permessage-deflate's (RFC 7692 §6).
    private static let compressionBit: UInt8 = 0x40

    private var length: UInt64 = 0
    private var key: UInt32 = 0
    private var first: UInt8 = 0
    private var second: UInt8 = 0
    private var byteCount: UInt8 = 0

    /// Whether nothing of the next header has arrived yet.
    var isBetweenFrames: Bool { byteCount == 0 }

    mutating func consume(
        _ byte: UInt8,
        from sender: Sender,
        _ compression: MessageCompression
    ) throws(WebSocketError) -> FrameHeader? {
        switch byteCount {
        case 0:
            // RFC 6455 §5.2: without a negotiated extension every reserved bit is a failure.
            var allowed: UInt8 = 0
            // Only on the first frame of a message, which has text's opcode or binary's.
            if compression == .deflate, byte & 0xF == 1 || byte & 0xF == 2 {
                allowed = Self.compressionBit
            }
            guard byte & Self.reservedBits & ~allowed == 0 else { throw .reservedBits }
            guard Opcode(rawValue: byte & 0xF) != nil else { throw .unknownOpcode }
            first = byte
        case 1:
            second = byte
            try checkSecondByte(from: sender)
        case 2..<lengthEnd:
            length = length << 8 | UInt64(byte)
            if byteCount + 1 == lengthEnd { try checkExtendedLength() }
        default:
            key |= UInt32(byte) << (8 * UInt32(byteCount - lengthEnd))
        }
        byteCount += 1
        return byteCount >= 2 && byteCount == headerEnd ? finish() : nil
    }

    private var isMasked: Bool { second & Self.highestBit != 0 }

    private var lengthEnd: UInt8 {
        switch second & ~Self.highestBit {
        case 127: 10
        case 126: 4
        default: 2
        }
    }

    private var headerEnd: UInt8 { lengthEnd + (isMasked ? 4 : 0) }

    private mutating func checkSecondByte(from sender: Sender) throws(WebSocketError) {
        switch sender {
        case .client: guard isMasked else { throw .unmaskedFrame }
        case .server: guard !isMasked else { throw .maskedFrame }
        }
        let shortLength = second & ~Self.highestBit
        if first & 0x8 != 0 {
            guard first & Self.highestBit != 0 else { throw .fragmentedControlFrame }
            guard shortLength <= WebSocketLimits.maximumControlPayloadByteCount else {
                throw .controlFrameTooLong
            }
        }
        length = shortLength < 126 ? UInt64(shortLength) : 0
    }

    /// "The minimal number of bytes MUST be used", and bit 63 must be clear (RFC 6455 §5.2).
    private func checkExtendedLength() throws(WebSocketError) {
        guard length <= UInt64(Int64.max) else { throw .lengthOutOfRange }
        guard length > (lengthEnd == 4 ? 125 : UInt64(UInt16.max)) else { throw .lengthNotMinimal }
    }

    private mutating func finish() -> FrameHeader {
        guard let opcode = Opcode(rawValue: first & 0xF) else {
            preconditionFailure("the first byte was checked")
        }
        let header = FrameHeader(
            isFinal: first & Self.highestBit != 0,
            isCompressed: first & Self.compressionBit != 0,
            opcode: opcode,
            payloadByteCount: length,
            maskingKey: isMasked ? key : nil
        )
        self = FrameHeaderParser()
        return header
    }

    /// The bytes of the header that have arrived.
    var replay: [UInt8] {
        guard byteCount > 0 else { return [] }
        var bytes = [first]
        if byteCount > 1 { bytes.append(second) }
        let lengthByteCount = max(Int(min(byteCount, lengthEnd)) - 2, 0)
        for index in (0..<lengthByteCount).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: length >> UInt64(8 * index)))
        }
        let keyByteCount = max(Int(byteCount) - Int(lengthEnd), 0)
        for index in 0..<keyByteCount {
            bytes.append(UInt8(truncatingIfNeeded: key >> UInt32(8 * index)))
        }
        return bytes
    }
}
