// SPDX-License-Identifier: Apache-2.0

/// The ordered history of one channel: what is kept, and what a reader at a position missed.
///
/// Bounded by count, bytes and age. Offsets rise by one from 1 and are never given twice within an
/// epoch; what is dropped is dropped from the oldest end, so what is kept has no holes.
package struct ChannelLog: Hashable, Sendable {
    package struct Limits: Hashable, Sendable {
        package var maximumCount: Int
        package var maximumByteCount: Int
        package var lifetime: Duration

        package init(maximumCount: Int, maximumByteCount: Int, lifetime: Duration) {
            self.maximumCount = maximumCount
            self.maximumByteCount = maximumByteCount
            self.lifetime = lifetime
        }
    }

    package struct Entry: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case event
            /// `generation`: of the stream, when the comment was made.
            case comment(by: Author, generation: UInt64)
            case deletedComment
        }

        package var at: Timestamp
        package var kind: Kind
        /// A Publication as JSON text.
        package var json: [UInt8]

        package init(at: Timestamp, kind: Kind, json: [UInt8]) {
            self.at = at
            self.kind = kind
            self.json = json
        }
    }

    package let epoch: String
    package let limits: Limits
    /// The offset of the newest publication there ever was; 0 before the first.
    package private(set) var topOffset: UInt64
    package private(set) var byteCount = 0
    private var entries = Ring<Entry>()

    package init(epoch: String, limits: Limits, topOffset: UInt64 = 0) {
        self.epoch = epoch
        self.limits = limits
        self.topOffset = topOffset
    }

    package var position: Position { Position(epoch: epoch, offset: topOffset) }
    package var count: Int { entries.count }
    /// When the oldest publication is to go.
    package var nextExpiry: Timestamp? { entries.first.map { $0.at + limits.lifetime } }

    @discardableResult
    package mutating func append(_ entry: Entry) -> UInt64 {
        topOffset += 1
        entries.append(entry)
        byteCount += entry.json.count
        while count > limits.maximumCount || byteCount > limits.maximumByteCount {
            removeOldest()
        }
        return topOffset
    }

    /// Puts older publications before those that are kept; `older` ends right before the oldest.
    package mutating func prepend(_ older: [Entry]) {
        let newer = (0..<count).map { entries[$0] }
        entries = Ring()
        byteCount = 0
        topOffset -= UInt64(newer.count)
        precondition(UInt64(older.count) <= topOffset, "a log begins at offset 1")
        topOffset -= UInt64(older.count)
        for entry in older + newer { append(entry) }
    }

    package subscript(offset: UInt64) -> Entry? {
        index(of: offset).map { entries[$0] }
    }

    /// Puts another text in a publication's place, at the same offset.
    package mutating func replace(at offset: UInt64, kind: Entry.Kind, json: [UInt8]) {
        guard let index = index(of: offset) else { return }
        var entry = entries[index]
        byteCount += json.count - entry.json.count
        entry.kind = kind
        entry.json = json
        entries[index] = entry
    }

    package mutating func expire(now: Timestamp) {
        while let expiry = nextExpiry, expiry <= now { removeOldest() }
    }

    /// Everything after `position`, in order, or nil where that is not known completely.
    package func missed(
        since position: Position,
        maximumByteCount: Int
    ) -> [(offset: UInt64, json: [UInt8])]? {
        guard position.epoch == epoch, position.offset <= topOffset else { return nil }
        let wanted = topOffset - position.offset
        guard wanted <= UInt64(count) else { return nil }
        var publications: [(offset: UInt64, json: [UInt8])] = []
        publications.reserveCapacity(Int(wanted))
        var total = 0
        for index in (count - Int(wanted))..<count {
            let json = entries[index].json
            total += json.count
            guard total <= maximumByteCount else { return nil }
            publications.append((oldestOffset + UInt64(index), json))
        }
        return publications
    }

    /// At most `limit` publications that are kept: from the oldest, or back from the newest, or
    /// after (in reverse: before) the offset `since`.
    ///
    /// Ends early, but never before the first, where the next would exceed `maximumByteCount`.
    package func page(
        since: UInt64?,
        limit: Int,
        reverse: Bool,
        maximumByteCount: Int
    ) -> [[UInt8]] {
        let bounds = pageBounds(since: since, reverse: reverse)
        var publications: [[UInt8]] = []
        var total = 0
        for step in 0..<min(max(limit, 0), bounds.count) {
            let index = reverse ? bounds.upperBound - 1 - step : bounds.lowerBound + step
            let json = entries[index].json
            total += json.count
            guard total <= maximumByteCount || publications.isEmpty else { break }
            publications.append(json)
        }
        return publications
    }

    /// Two logs are equal where no reader can tell them apart.
    package static func == (left: ChannelLog, right: ChannelLog) -> Bool {
        left.epoch == right.epoch && left.limits == right.limits
            && left.topOffset == right.topOffset && left.count == right.count
            && (0..<left.count).allSatisfy { left.entries[$0] == right.entries[$0] }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(epoch)
        hasher.combine(topOffset)
    }

    /// The offset of the oldest publication that is kept; above the top where none is.
    package var oldestOffset: UInt64 { topOffset - UInt64(count) + 1 }

    private func index(of offset: UInt64) -> Int? {
        guard count > 0, offset >= oldestOffset, offset <= topOffset else { return nil }
        return Int(offset - oldestOffset)
    }

    /// The indices that a page may come from.
    private func pageBounds(since: UInt64?, reverse: Bool) -> Range<Int> {
        guard let since else { return 0..<count }
        if reverse {
            guard since > oldestOffset else { return 0..<0 }
            return 0..<Int(min(since - oldestOffset, UInt64(count)))
        }
        guard since < topOffset else { return count..<count }
        return (since < oldestOffset ? 0 : Int(since - oldestOffset) + 1)..<count
    }

    private mutating func removeOldest() {
        guard let entry = entries.removeFirst() else { return }
        byteCount -= entry.json.count
    }
}
