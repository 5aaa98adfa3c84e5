// SPDX-License-Identifier: Apache-2.0

/// Keys that tokens named and that are not known, until a set was asked for that would have them.
struct MissingKeys {
    /// Names that are remembered, so that one who invents them costs no more than this.
    static let maximumCount = 1_024

    /// Headers of tokens, with how many sets had been fetched that say nothing of their keys.
    private var fetches: [[UInt8]: Int] = [:]

    var count: Int { fetches.count }

    /// Whether a key may be in the next set, if not in those that were fetched.
    ///
    /// - Parameters:
    ///   - header: The token's first part, which names the key.
    ///   - fetchCount: Sets that were fetched so far.
    ///   - isFetching: Whether one is being fetched.
    /// - Returns: whether it is worth coming again.
    mutating func mayCome(_ header: [UInt8], fetchCount: Int, isFetching: Bool) -> Bool {
        if let fetches = fetches[header] { return fetchCount <= fetches }
        if fetches.count >= Self.maximumCount { fetches = [:] }
        // What is being fetched may have been answered before the key was there.
        fetches[header] = isFetching ? fetchCount + 1 : fetchCount
        return true
    }
}
