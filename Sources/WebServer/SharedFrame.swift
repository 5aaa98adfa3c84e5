// SPDX-License-Identifier: Apache-2.0

package import WebSocket

/// Encoded bytes that any number of connections send from the same memory.
package final class SharedFrame: Sendable {
    package let bytes: [UInt8]

    /// nil: a frame that nothing replaces.
    package let conflationKey: ConflationKey?

    /// `encoded`: what goes on the wire as it is; at least one byte.
    package init(encoded: [UInt8], conflationKey: ConflationKey? = nil) {
        precondition(!encoded.isEmpty, "nothing to send")
        bytes = encoded
        self.conflationKey = conflationKey
    }

    /// One server frame that is a whole message.
    package convenience init(
        _ opcode: Opcode,
        _ payload: [UInt8],
        conflationKey: ConflationKey? = nil
    ) {
        self.init(encoded: FrameEncoder.encode(opcode, payload), conflationKey: conflationKey)
    }

    package static func text(_ payload: [UInt8]) -> SharedFrame { SharedFrame(.text, payload) }

    package static func binary(_ payload: [UInt8]) -> SharedFrame { SharedFrame(.binary, payload) }
}
