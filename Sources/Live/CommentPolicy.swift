// SPDX-License-Identifier: Apache-2.0

package import Channels
package import ClientProtocol

/// How often one author may comment: rate limit, slow mode and duplicates.
///
/// It remembers what was accepted lately; a refused comment costs its author nothing. The memory is
/// bounded: beyond it, who commented longest ago is forgotten first. It is not recorded, for a hub
/// that starts anew may let a comment more through.
package struct CommentPolicy: Sendable {
    package struct Limits: Hashable, Sendable {
        /// Comments of one author within `rateInterval`, over all streams.
        package var rate = 3
        package var rateInterval: Duration = .seconds(2)
        /// The same text again within it is a duplicate; zero allows repeats.
        package var duplicateWindow: Duration = .seconds(30)
        /// Authors remembered for the rate, and again per stream for slow mode and duplicates.
        package var maximumAuthors = 100_000
        /// The longest slow mode, after which nothing needs to be remembered.
        package var maximumSlowMode: Duration = .seconds(3_600)

        package init() {}
    }

    /// One author on one stream.
    package struct Place: Hashable, Sendable {
        package let stream: String
        package let author: Author

        package init(stream: String, author: Author) {
            self.stream = stream
            self.author = author
        }
    }

    private struct Accepted: Sendable {
        var last: Timestamp
        /// The newest texts, oldest first.
        var texts: [(digest: Int, at: Timestamp)]
    }

    /// Texts of one author on one stream that are compared: who alternates more than these is
    /// held by the rate.
    private static let comparedTextCount = 4

    private let limits: Limits
    /// The times of each author's newest comments, oldest first, at most `rate` of them.
    private var times: RecencyTable<Author, [Timestamp]>
    private var accepted: RecencyTable<Place, Accepted>

    package init(limits: Limits) {
        self.limits = limits
        times = RecencyTable(maximumCount: limits.maximumAuthors)
        accepted = RecencyTable(maximumCount: limits.maximumAuthors)
    }

    /// Refuses a comment that comes too soon; `slowSeconds` is the stream's slow mode, 0 for none.
    ///
    /// - Throws: error 111 over the rate, 402 in slow mode (moderators are exempt from both), 407
    ///   for a duplicate; each with the wait after which the same comment is accepted.
    package func check(
        _ text: String,
        at place: Place,
        slowSeconds: Int64,
        isModerator: Bool,
        now: Timestamp
    ) throws(ErrorReply) {
        if !isModerator {
            try checkRate(place.author, now)
            try checkSlowMode(place, slowSeconds, now)
        }
        try checkDuplicate(text, place, now)
    }

    /// The comment that `check` let through was accepted.
    package mutating func note(_ text: String, at place: Place, now: Timestamp) {
        var times = times[place.author] ?? []
        times.append(now)
        if times.count > limits.rate { times.removeFirst(times.count - limits.rate) }
        self.times.set(times, for: place.author, at: now)

        var texts = accepted[place]?.texts ?? []
        texts.append((Self.digest(text), now))
        if texts.count > Self.comparedTextCount { texts.removeFirst() }
        accepted.set(Accepted(last: now, texts: texts), for: place, at: now)
    }

    package var nextExpiry: Timestamp? {
        let rate = times.oldestSetAt.map { $0 + limits.rateInterval }
        let place = accepted.oldestSetAt.map { $0 + placeLifetime }
        return [rate, place].compactMap(\.self).min()
    }

    package mutating func expire(now: Timestamp) {
        while let oldest = times.oldestSetAt, oldest + limits.rateInterval <= now {
            times.removeOldest()
        }
        while let oldest = accepted.oldestSetAt, oldest + placeLifetime <= now {
            accepted.removeOldest()
        }
    }

    private var placeLifetime: Duration { max(limits.duplicateWindow, limits.maximumSlowMode) }

    private func checkRate(_ author: Author, _ now: Timestamp) throws(ErrorReply) {
        guard let times = times[author], times.count >= limits.rate, let oldest = times.first
        else { return }
        try refuse(.tooManyRequests, until: oldest + limits.rateInterval, now)
    }

    private func checkSlowMode(
        _ place: Place,
        _ slowSeconds: Int64,
        _ now: Timestamp
    ) throws(ErrorReply) {
        guard slowSeconds > 0, let last = accepted[place]?.last else { return }
        try refuse(.slowMode, until: last + .seconds(slowSeconds), now)
    }

    private func checkDuplicate(
        _ text: String,
        _ place: Place,
        _ now: Timestamp
    ) throws(ErrorReply) {
        guard let texts = accepted[place]?.texts else { return }
        let digest = Self.digest(text)
        guard let same = texts.last(where: { $0.digest == digest }) else { return }
        try refuse(.duplicateComment, until: same.at + limits.duplicateWindow, now)
    }

    private func refuse(
        _ code: ErrorCode,
        until end: Timestamp,
        _ now: Timestamp
    ) throws(ErrorReply) {
        guard now < end else { return }
        throw ErrorReply(code, retryAfterMilliseconds: (end - now).milliseconds)
    }

    private static func digest(_ text: String) -> Int {
        CommentText.normalized(text).hashValue
    }
}
