// SPDX-License-Identifier: Apache-2.0

/// Turns a payload into a frame.
package enum FrameEncoder {
    /// One whole frame: with a masking key as a client sends it, without as a server does.
    ///
    /// The key's lowest byte goes first on the wire. It must be unpredictable, fresh for each
    /// frame (RFC 6455 §5.3): take it from the system's random source.
    package static func encode(
        _ opcode: Opcode,
        _ payload: [UInt8],
        isFinal: Bool = true,
        isCompressed: Bool = false,
        maskingKey: UInt32? = nil
    ) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(payload.count + 14)
        appendHeader(
            FrameHeader(
                isFinal: isFinal,
                isCompressed: isCompressed,
                opcode: opcode,
                payloadByteCount: UInt64(payload.count),
                maskingKey: maskingKey
            ),
            to: &frame
        )
        if let maskingKey {
            Masking.append(payload.span, 0..<payload.count, key: maskingKey, to: &frame)
        } else {
            frame.append(contentsOf: payload)
        }
        return frame
    }

    /// A header alone, for who builds a payload in place behind it.
    package static func appendHeader(_ header: FrameHeader, to frame: inout [UInt8]) {
        let length = header.payloadByteCount
        let maskBit: UInt8 = header.maskingKey == nil ? 0 : 0x80
        let flags: UInt8 = (header.isFinal ? 0x80 : 0) | (header.isCompressed ? 0x40 : 0)
        frame.append(flags | header.opcode.rawValue)
        switch length {
        case 0...125:
            frame.append(maskBit | UInt8(length))
        case 126...UInt64(UInt16.max):
            frame.append(maskBit | 126)
            appendBigEndian(length, byteCount: 2, to: &frame)
        default:
            frame.append(maskBit | 127)
            appendBigEndian(length, byteCount: 8, to: &frame)
        }
        if let key = header.maskingKey {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                frame.append(UInt8(truncatingIfNeeded: key >> shift))
            }
        }
    }

    private static func appendBigEndian(
        _ value: UInt64,
        byteCount: Int,
        to frame: inout [UInt8]
    ) {
        for index in (0..<byteCount).reversed() {
            frame.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }
}
