// SPDX-License-Identifier: Apache-2.0

package import Channels

/// What keeps a user from commenting.
package enum Mute: Hashable, Sendable {
    case timeout(until: Timestamp)
    case ban

    package func holds(at now: Timestamp) -> Bool {
        switch self {
        case .timeout(let until): now < until
        case .ban: true
        }
    }
}

/// The muted users of one stream; it outlives the stream's generations.
package struct MuteTable: Hashable, Sendable {
    private var mutes: [String: Mute] = [:]

    package init() {}

    package var count: Int { mutes.count }
    package var isEmpty: Bool { mutes.isEmpty }

    /// The user's mute, if it still holds.
    package func mute(of user: String, now: Timestamp) -> Mute? {
        mutes[user].flatMap { $0.holds(at: now) ? $0 : nil }
    }

    package mutating func set(_ mute: Mute, for user: String) {
        mutes[user] = mute
    }

    package mutating func lift(_ user: String) {
        mutes[user] = nil
    }

    package mutating func expire(now: Timestamp) {
        mutes = mutes.filter { $0.value.holds(at: now) }
    }

    /// When the next timeout ends; looks at every mute.
    package var nextExpiry: Timestamp? {
        mutes.values.compactMap { mute in
            if case .timeout(let until) = mute { until } else { nil }
        }.min()
    }
}
