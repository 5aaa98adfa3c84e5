// SPDX-License-Identifier: Apache-2.0

package import Channels

/// The answers of requests with a key, for as long as they may be repeated.
///
/// Only successes are remembered: a refusal changed nothing, so asking again is harmless and may
/// succeed. Bounded by count and bytes; the oldest make room, even before their time.
package struct AnswerCache<Key: Hashable & Sendable>: Sendable {
    /// Bytes of all answers: with the default count, 320 for each; a comment's has about 100.
    package static var maximumByteCount: Int { 32 << 20 }

    private let window: Duration
    private var answers: RecencyTable<Key, [UInt8]>
    private var byteCount = 0

    package init(window: Duration, maximumCount: Int) {
        self.window = window
        answers = RecencyTable(maximumCount: maximumCount)
    }

    package var count: Int { answers.count }
    package var nextExpiry: Timestamp? { answers.oldestSetAt.map { $0 + window } }

    package subscript(key: Key) -> [UInt8]? { answers[key] }

    package mutating func remember(
        _ result: [UInt8],
        for key: Key,
        at now: Timestamp
    ) {
        byteCount += result.count - (answers[key]?.count ?? 0)
        if let evicted = answers.set(result, for: key, at: now) { byteCount -= evicted.count }
        while byteCount > Self.maximumByteCount, count > 1 { forgetOldest() }
    }

    package mutating func expire(now: Timestamp) {
        while let expiry = nextExpiry, expiry <= now { forgetOldest() }
    }

    private mutating func forgetOldest() {
        byteCount -= answers.removeOldest()?.count ?? 0
    }
}

extension AnswerCache: Equatable {
    package static func == (left: AnswerCache, right: AnswerCache) -> Bool {
        left.window == right.window
            && left.answers.entries.elementsEqual(right.answers.entries) {
                $0.key == $1.key && $0.value == $1.value && $0.setAt == $1.setAt
            }
    }
}
