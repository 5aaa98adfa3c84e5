// SPDX-License-Identifier: Apache-2.0

/// How what is said reaches many.
package struct DeliverySettings: Hashable, Sendable {
    /// The longest that a channel's news waits for more of it, to share a send.
    package var maximumFlushWindow: Duration = .milliseconds(40)
    /// Comments a second that a channel's viewers are shown; 0: all.
    package var commentsPerSecond: Int = 30

    package init() {}
}
