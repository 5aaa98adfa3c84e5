// SPDX-License-Identifier: Apache-2.0

import ClientProtocol

/// What a channel's members have still to be told, as it will stand in one frame.
struct PushBatch {
    /// How much of the batch was there when a member came: that is not news to it.
    struct Mark: Equatable {
        fileprivate(set) var byteCount = 0
        fileprivate(set) var latestCount = 0
    }

    /// A comment that was left out for all but its author.
    struct OwnComment {
        let author: Session
        let push: [UInt8]
        let mark: Mark
    }

    /// Pushes in their order, joined by newlines.
    private var pushes: [UInt8] = []
    /// The newest of the values that replace each other.
    private var latest: [UInt8] = []
    private var latestCount = 0
    private var skipped: SkippedComments?
    private(set) var ownComments: [OwnComment] = []

    var isEmpty: Bool { pushes.isEmpty && latest.isEmpty && skipped == nil }
    var mark: Mark { Mark(byteCount: pushes.count, latestCount: latestCount) }

    mutating func append(_ push: [UInt8]) {
        Self.append(push, to: &pushes)
    }

    /// Takes the place of the value that waits.
    mutating func replaceLatest(by push: [UInt8]) {
        latest = push
        latestCount += 1
    }

    /// Leaves a comment out, but for its author where that is a session of this worker.
    mutating func skip(offset: UInt64, push: [UInt8], author: Session?) {
        if skipped == nil {
            skipped = SkippedComments(first: offset)
        } else {
            skipped?.add(offset)
        }
        if let author {
            ownComments.append(OwnComment(author: author, push: push, mark: mark))
        }
    }

    /// What a member gets that came at a mark, with the comments that are its own; empty: nothing.
    ///
    /// First how many comments are left out, so that nobody meets a gap before being told of it.
    func payload(
        on channel: String,
        since mark: Mark = Mark(),
        own: [OwnComment] = []
    ) -> [UInt8] {
        var payload = log(on: channel, since: mark, own: own)
        if latestCount > mark.latestCount { Self.append(latest, to: &payload) }
        return payload
    }

    /// The part that has to arrive whole.
    func log(
        on channel: String,
        since mark: Mark = Mark(),
        own: [OwnComment] = []
    ) -> [UInt8] {
        var log: [UInt8] = []
        log.reserveCapacity(pushes.count + latest.count + 256)
        if let skipped, skipped.count > own.count {
            var others = skipped
            others.count -= own.count
            log = Encoder.skippedPush(channel: channel, others)
        }
        var start = mark.byteCount
        for comment in own {
            Self.append(pushes[start..<comment.mark.byteCount], to: &log)
            start = comment.mark.byteCount
            Self.append(comment.push, to: &log)
        }
        Self.append(pushes[start...], to: &log)
        return log
    }

    /// The value that may be replaced while it waits; empty: none.
    var latestPayload: [UInt8] { latest }

    private static func append(_ pushes: some Collection<UInt8>, to bytes: inout [UInt8]) {
        let newline = UInt8(ascii: "\n")
        let pushes = pushes.first == newline ? pushes.dropFirst() : pushes[...]
        guard !pushes.isEmpty else { return }
        if !bytes.isEmpty { bytes.append(newline) }
        bytes.append(contentsOf: pushes)
    }
}
