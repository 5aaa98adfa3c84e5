// SPDX-License-Identifier: Apache-2.0

/// Why a command was refused, as the client is told.
package struct ErrorReply: Error, Hashable, Sendable {
    /// An `ErrorCode`'s raw value, or a plugin's code from 1000 to 1999.
    package let code: UInt32
    package let message: String
    package let isTemporary: Bool
    /// How long waiting helps, in milliseconds; nil where it does not.
    package let retryAfterMilliseconds: Int64?

    /// A refusal with the table's message, or with one that says more.
    package init(
        _ code: ErrorCode,
        _ message: String? = nil,
        retryAfterMilliseconds: Int64? = nil
    ) {
        self.code = code.rawValue
        self.message = message ?? code.message
        isTemporary = code.isTemporary
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// A refusal as it was received from another process or a plugin.
    package init(
        code: UInt32,
        message: String,
        isTemporary: Bool,
        retryAfterMilliseconds: Int64?
    ) {
        self.code = code
        self.message = message
        self.isTemporary = isTemporary
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}
