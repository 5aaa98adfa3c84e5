// SPDX-License-Identifier: Apache-2.0

/// What a frame carries (RFC 6455 §5.2); every other value is a violation.
package enum Opcode: UInt8, CaseIterable, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Control frames are short, never fragmented, and may come between a message's fragments.
    package var isControl: Bool { rawValue & 0x8 != 0 }
}
