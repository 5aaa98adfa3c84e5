// SPDX-License-Identifier: Apache-2.0

/// What a peer did that ends the connection, each with its close code.
package enum WebSocketError: Error, Hashable, Sendable, CaseIterable {
    case reservedBits
    case unknownOpcode
    case unmaskedFrame
    case maskedFrame
    case controlFrameTooLong
    case fragmentedControlFrame
    case lengthNotMinimal
    case lengthOutOfRange
    case unexpectedContinuation
    case expectedContinuation
    case messageTooBig
    case invalidUTF8
    case invalidCompression
    case closePayloadTooShort
    case invalidCloseCode

    package var closeCode: CloseCode {
        switch self {
        case .messageTooBig: .messageTooBig
        case .invalidUTF8, .invalidCompression: .invalidPayload
        case .reservedBits, .unknownOpcode, .unmaskedFrame, .maskedFrame, .controlFrameTooLong,
            .fragmentedControlFrame, .lengthNotMinimal, .lengthOutOfRange,
            .unexpectedContinuation, .expectedContinuation, .closePayloadTooShort,
            .invalidCloseCode:
            .protocolError
        }
    }

    /// The close frame's reason, at most 32 ASCII bytes.
    package var reason: String {
        switch self {
        case .reservedBits: "reserved bits set"
        case .unknownOpcode: "unknown opcode"
        case .unmaskedFrame: "frame not masked"
        case .maskedFrame: "frame masked"
        case .controlFrameTooLong: "control frame too long"
        case .fragmentedControlFrame: "control frame fragmented"
        case .lengthNotMinimal: "length not minimal"
        case .lengthOutOfRange: "length out of range"
        case .unexpectedContinuation: "nothing to continue"
        case .expectedContinuation: "message not continued"
        case .messageTooBig: "message too big"
        case .invalidUTF8: "invalid UTF-8"
        case .invalidCompression: "invalid compression"
        case .closePayloadTooShort: "close payload too short"
        case .invalidCloseCode: "invalid close code"
        }
    }
}
