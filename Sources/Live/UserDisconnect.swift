// SPDX-License-Identifier: Apache-2.0

import ClientProtocol

/// `user.disconnect`: ends every connection of a user, on every worker.
package struct UserDisconnect: Hashable, Sendable {
    /// Bytes of the reason: what fits beside a close code (RFC 6455 §5.5) and what clients log.
    package static let maximumReasonByteCount = 32

    package let user: String
    /// The close frame's reason, at most 32 bytes of ASCII; empty for the code's own.
    package let reason: String

    package init(user: String, reason: String = "") {
        self.user = user
        self.reason = reason
    }

    init(_ data: CommandData) throws(ErrorReply) {
        user = try LiveCommand.user(data)
        reason = try data.optionalString("reason") ?? ""
        guard reason.utf8.count <= Self.maximumReasonByteCount,
            reason.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else {
            throw ErrorReply(
                .badRequest,
                "reason has at most \(Self.maximumReasonByteCount) bytes of ASCII"
            )
        }
    }
}
