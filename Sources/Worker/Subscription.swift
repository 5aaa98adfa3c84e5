// SPDX-License-Identifier: Apache-2.0

/// One session's place in a channel.
struct Subscription {
    struct Traits: OptionSet {
        let rawValue: UInt8

        /// Its pushes continue a position, so it must be told when the position is lost.
        static let positioned = Traits(rawValue: 1 << 0)
        /// It asked for join and leave pushes.
        static let joinLeave = Traits(rawValue: 1 << 1)
        /// The server subscribed it, in `connect`.
        static let serverSide = Traits(rawValue: 1 << 2)
    }

    let channel: ChannelAudience
    /// Where the session stands in `channel.members`; nil until the hub has answered.
    var memberIndex: Int32?
    var traits: Traits
    /// Worker seconds at which its subscription token ends; 0: never.
    var expiresAt: UInt32
}
