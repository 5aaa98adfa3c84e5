// SPDX-License-Identifier: Apache-2.0

/// Takes a server's frames apart where they lie (RFC 6455 §5.2).
///
/// A frame that is only looked through for stamps costs no memory, however it is cut; one that has to be
/// seen whole (an answer, a ping, a compressed message) is kept until it is.
package struct FrameReader {
    package enum Event {
        /// A message that lies whole in the bytes.
        case message(Range<Int>, isCompressed: Bool)
        /// The same, out of several pieces.
        case assembled([UInt8], isCompressed: Bool)
        case ping([UInt8])
        case close([UInt8])
        /// What a load has no use for: a masked frame, a fragment of what must be seen whole.
        case violation
    }

    /// What is done with text that is not compressed.
    package enum Attention {
        case stamps
        case wholeMessages
    }

    /// Of a message that has to be seen whole; a recovery of a full history fits.
    private static let maximumKeptByteCount = 8 << 20

    package var attention = Attention.wholeMessages
    /// Frames that began so far.
    package private(set) var frameCount = 0

    private var stamps = StampReader()
    private var head: (UInt8, UInt8) = (0, 0)
    private var headByteCount: UInt8 = 0
    private var lengthByteCount: UInt8 = 0
    private var missing: UInt64 = 0
    private var isInPayload = false
    /// As long as Tally's ping, `{}`, which has to be answered.
    private var mayBePing = false
    private var kept: [UInt8] = []

    package init() {}

    /// The next thing to be dealt with, nil when all bytes are taken.
    package mutating func next(
        _ bytes: Span<UInt8>,
        from offset: inout Int,
        stamps moments: inout [UInt64]
    ) -> Event? {
        while offset < bytes.count {
            if !isInPayload {
                guard takeHeader(bytes[offset]) else { return .violation }
                offset += 1
                guard isInPayload else { continue }
                frameCount += 1
                guard missing == 0 else { continue }
                let wasForStamps = isForStamps
                if let event = finish(), !wasForStamps { return event }
                continue
            }
            let count = Int(min(missing, UInt64(bytes.count - offset)))
            let range = offset..<(offset + count)
            offset += count
            missing -= UInt64(count)
            if isForStamps {
                stamps.read(bytes, range, into: &moments)
                if missing == 0 { isInPayload = false }
            } else if missing == 0, kept.isEmpty, !isControl {
                isInPayload = false
                return .message(range, isCompressed: isCompressed)
            } else {
                guard kept.count + count <= Self.maximumKeptByteCount else { return .violation }
                for index in range { kept.append(bytes[index]) }
                if missing == 0, let event = finish() { return event }
            }
        }
        return nil
    }

    private var opcode: UInt8 { head.0 & 0x0F }
    private var isCompressed: Bool { head.0 & 0x40 != 0 }
    private var isControl: Bool { opcode >= 0x8 }
    private var isForStamps: Bool {
        !isControl && attention == .stamps && !isCompressed && !mayBePing
    }

    /// - Returns: false when no server may send such a frame.
    private mutating func takeHeader(_ byte: UInt8) -> Bool {
        headByteCount += 1
        switch headByteCount {
        case 1: head.0 = byte
        case 2:
            head.1 = byte
            guard byte & 0x80 == 0 else { return false }
            lengthByteCount = byte == 126 ? 2 : byte == 127 ? 8 : 0
            missing = lengthByteCount == 0 ? UInt64(byte) : 0
            mayBePing = byte == 2
        default:
            missing = missing << 8 | UInt64(byte)
            lengthByteCount -= 1
        }
        guard headByteCount >= 2, lengthByteCount == 0 else { return true }
        headByteCount = 0
        isInPayload = true
        // Fragments, and what continues them, are fine where nothing has to be seen whole.
        return isForStamps || (head.0 & 0x80 != 0 && opcode != 0)
    }

    /// The frame is complete, its payload in what was kept.
    private mutating func finish() -> Event? {
        isInPayload = false
        let payload = kept
        kept = []
        switch opcode {
        case 0x1, 0x2: return .assembled(payload, isCompressed: isCompressed)
        case 0x8: return .close(payload)
        case 0x9: return .ping(payload)
        default: return nil
        }
    }
}
