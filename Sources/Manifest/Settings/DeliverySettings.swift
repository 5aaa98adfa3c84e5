// SPDX-License-Identifier: Apache-2.0

/// How what is said reaches many.
package struct DeliverySettings: Hashable, Sendable {
    /// The longest that a channel's news waits for more of it, to share a send.
    package var maximumFlushWindow: Duration = .milliseconds(40)
    /// Comments a second that a channel's viewers are shown; 0: all.
    package var commentsPerSecond: Int = 30

    /// Whether clients that offer permessage-deflate get compressed messages.
    package var compression: Bool = true
    /// Messages below are never compressed.
    package var minimumCompressedByteCount: Int = 256

    package init() {}
}
