// SPDX-License-Identifier: Apache-2.0

/// What stands before a frame's payload (RFC 6455 §5.2).
///
/// ```
///  0               1               2               3
///  7 6 5 4 3 2 1 0 7 6 5 4 3 2 1 0 7 6 5 4 3 2 1 0 7 6 5 4 3 2 1 0
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// |F|R|R|R|opcode |M| length      | 126: 16 bits of length        |
/// |I|S|S|S|       |A|             | 127: 64 bits of length        |
/// |N|V|V|V|       |S|             |                               |
/// | |1|2|3|       |K|             |                               |
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// |                 4 bytes of masking key, if MASK               |
/// +---------------------------------------------------------------+
/// ```
package struct FrameHeader: Hashable, Sendable {
    package var isFinal: Bool

    /// RSV1: the message that begins here is compressed (RFC 7692 §6).
    package var isCompressed = false
    package var opcode: Opcode
    package var payloadByteCount: UInt64

    /// The masking key, its first byte on the wire lowest; nil for an unmasked frame.
    package var maskingKey: UInt32?

    package init(
        isFinal: Bool,
        isCompressed: Bool = false,
        opcode: Opcode,
        payloadByteCount: UInt64,
        maskingKey: UInt32?
    ) {
        self.isFinal = isFinal
        self.isCompressed = isCompressed
        self.opcode = opcode
        self.payloadByteCount = payloadByteCount
        self.maskingKey = maskingKey
    }
}
