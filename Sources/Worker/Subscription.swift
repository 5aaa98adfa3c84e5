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

    enum Place: Equatable {
        /// The hub has not answered the request that made this reservation. A client may leave the
        /// channel and ask for it again meanwhile, so each reservation has its own number.
        case awaited(reservation: UInt32)
        /// Where the session stands in `channel.members`.
        case member(index: Int32)
    }

    let channel: ChannelAudience
    var place: Place
    var traits: Traits
    /// Worker seconds at which its subscription token ends; 0: never.
    var expiresAt: UInt32

    var memberIndex: Int? {
        if case .member(let index) = place { Int(index) } else { nil }
    }

    var reservation: UInt32? {
        if case .awaited(let reservation) = place { reservation } else { nil }
    }
}
