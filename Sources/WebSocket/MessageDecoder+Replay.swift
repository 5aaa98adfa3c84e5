// SPDX-License-Identifier: Apache-2.0

extension MessageDecoder {
    /// Bytes that bring a new decoder to where this one stands.
    ///
    /// What of a message has arrived, as one unfinished frame, and what of a frame: so a
    /// connection moves to another process without a second format for its state.
    package var replay: [UInt8] {
        var bytes: [UInt8] = []
        if let messageOpcode {
            bytes += FrameEncoder.encode(
                messageOpcode,
                message,
                isFinal: false,
                isCompressed: messageIsCompressed,
                maskingKey: sender == .client ? 0 : nil
            )
        }
        if let frame {
            let isControl = frame.opcode.isControl
            // The key goes on from where the payload stands; a control frame's begins anew.
            let begun = isControl ? control : []
            let frameKey = Masking.advance(key, by: 4 - begun.count % 4)
            FrameEncoder.appendHeader(
                FrameHeader(
                    isFinal: frame.isFinal,
                    opcode: isControl ? frame.opcode : .continuation,
                    payloadByteCount: UInt64(begun.count + missingByteCount),
                    maskingKey: sender == .client ? frameKey : nil
                ),
                to: &bytes
            )
            let mask = sender == .client ? frameKey : 0
            Masking.append(begun.span, 0..<begun.count, key: mask, to: &bytes)
        }
        return bytes + header.replay
    }
}
