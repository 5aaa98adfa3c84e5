// SPDX-License-Identifier: Apache-2.0

/// What a token's capability allows on a channel.
package struct Permissions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `sub`: subscribe to and read the state of.
    package static let subscribe = Permissions(rawValue: 1 << 0)
    /// `pub`: comment or publish.
    package static let publish = Permissions(rawValue: 1 << 1)
    /// `hst`: read history.
    package static let history = Permissions(rawValue: 1 << 2)
    /// `prs`: read presence.
    package static let presence = Permissions(rawValue: 1 << 3)
    /// `ctl`: start, update and stop the stream.
    package static let control = Permissions(rawValue: 1 << 4)
    /// `mod`: moderate.
    package static let moderate = Permissions(rawValue: 1 << 5)
}
