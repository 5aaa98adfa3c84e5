// SPDX-License-Identifier: Apache-2.0

/// What one peer may make the other hold.
package struct WebSocketLimits: Hashable, Sendable {
    /// Bytes of a whole message, all fragments together; more ends the connection with 1009.
    package var maximumMessageByteCount: Int

    package init(maximumMessageByteCount: Int) {
        self.maximumMessageByteCount = maximumMessageByteCount
    }

    /// Bytes of a control frame's payload (RFC 6455 §5.5).
    package static let maximumControlPayloadByteCount = 125

    /// Bytes of a close reason: what the code leaves of a control frame.
    package static let maximumCloseReasonByteCount = maximumControlPayloadByteCount - 2
}
