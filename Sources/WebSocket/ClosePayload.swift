// SPDX-License-Identifier: Apache-2.0

/// What a close frame says: nothing, or a code with a reason (RFC 6455 §5.5.1).
package struct ClosePayload: Hashable, Sendable {
    package let code: CloseCode?
    package let reason: String

    /// A reason that does not fit a control frame is cut at the end of a character.
    package init(code: CloseCode?, reason: String = "") {
        self.code = code
        var kept = ""
        for scalar in code == nil ? "".unicodeScalars : reason.unicodeScalars {
            let byteCount = kept.utf8.count + UTF8.width(scalar)
            guard byteCount <= WebSocketLimits.maximumCloseReasonByteCount else { break }
            kept.unicodeScalars.append(scalar)
        }
        self.reason = kept
    }

    init(parsing payload: [UInt8], from sender: Sender) throws(WebSocketError) {
        guard !payload.isEmpty else {
            self.init(code: nil)
            return
        }
        guard payload.count >= 2 else { throw .closePayloadTooShort }
        let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.isAllowed(from: sender) else { throw .invalidCloseCode }
        guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
            throw .invalidUTF8
        }
        self.init(code: code, reason: reason)
    }

    package var bytes: [UInt8] {
        guard let code else { return [] }
        return [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)] + Array(reason.utf8)
    }
}
