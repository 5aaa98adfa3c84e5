// SPDX-License-Identifier: Apache-2.0

import Compression
package import WebSocket

/// Encoded bytes that any number of connections send from the same memory.
package final class SharedFrame {
    package let bytes: [UInt8]

    /// nil: a frame that nothing replaces.
    package let conflationKey: ConflationKey?

    /// The message in it; nil for what is no whole message, and for control frames.
    private let message: (opcode: Opcode, start: Int)?

    /// The same message compressed; nil until it was tried, itself where it does not pay.
    private var deflated: SharedFrame?

    /// `encoded`: what goes on the wire as it is; at least one byte.
    package init(encoded: [UInt8], conflationKey: ConflationKey? = nil) {
        precondition(!encoded.isEmpty, "nothing to send")
        bytes = encoded
        message = nil
        self.conflationKey = conflationKey
    }

    /// One server frame that is a whole message.
    package init(
        _ opcode: Opcode,
        _ payload: [UInt8],
        conflationKey: ConflationKey? = nil
    ) {
        bytes = FrameEncoder.encode(opcode, payload)
        message = opcode.isControl ? nil : (opcode, bytes.count - payload.count)
        self.conflationKey = conflationKey
    }

    /// The frame as connections get it that agreed on compression; made once for all of them.
    func deflated(by deflater: () -> Deflater, minimumByteCount: Int) -> SharedFrame {
        if let deflated { return deflated }
        guard let message, bytes.count - message.start >= minimumByteCount else { return self }
        let payload = deflater().deflate(bytes[message.start...])
        let frame = FrameEncoder.encode(message.opcode, payload, isCompressed: true)
        guard frame.count < bytes.count else { return self }
        let deflated = SharedFrame(encoded: frame, conflationKey: conflationKey)
        self.deflated = deflated
        return deflated
    }

    package static func text(_ payload: [UInt8]) -> SharedFrame { SharedFrame(.text, payload) }

    package static func binary(_ payload: [UInt8]) -> SharedFrame { SharedFrame(.binary, payload) }
}
