// SPDX-License-Identifier: Apache-2.0

/// The distinct users and the peak of one generation, as they are recorded.
package struct Audience: Hashable, Sendable {
    /// Users that are told apart in one generation: 16 MiB of digests.
    ///
    /// Beyond it the count of unique viewers stands still.
    package static let maximumUniqueCount = 1_000_000

    /// `Author.digest` of each.
    private var users: Set<UInt64> = []
    package private(set) var peak = 0

    package init() {}

    package var uniqueCount: Int { users.count }

    package func contains(_ user: UInt64) -> Bool { users.contains(user) }

    package mutating func see(_ newUsers: [UInt64], peak: Int) {
        for user in newUsers where users.count < Self.maximumUniqueCount { users.insert(user) }
        self.peak = max(self.peak, peak)
    }
}
