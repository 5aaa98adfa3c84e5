// SPDX-License-Identifier: Apache-2.0

package import Channels

/// What a connection without a token, or whose token names no user, may do.
package struct AnonymousSettings: Hashable, Sendable {
    /// Whether it is let in at all; if not, `connect` without a token is error 101.
    package var connect: Bool = true
    /// What it may do on `channels`.
    package var allow: Permissions = .subscribe
    /// Channel names, with `*` for any run of characters.
    package var channels: [String] = ["live:*"]

    package init() {}
}
