// SPDX-License-Identifier: Apache-2.0

import Reactor

/// What one connection has still to send, in order; owns no memory while it is empty.
struct OutgoingQueue {
    private struct Waiting {
        let frame: SharedFrame
        /// When it came to wait; a frame that replaces another waits since then.
        let since: MonotonicTime
    }

    private var frames: [Waiting] = []
    private var figures = Figures()

    /// In half the width, since every idle connection has them; a queue of 4 GiB is none.
    private struct Figures {
        var headIndex: UInt32 = 0
        var conflatedIndex: UInt32 = 0
        var headOffset: UInt32 = 0
        var byteCount: UInt32 = 0
    }

    private var headIndex: Int {
        get { Int(figures.headIndex) }
        set { figures.headIndex = UInt32(newValue) }
    }

    /// Where the newest frame that others may replace stands; only a hint.
    private var conflatedIndex: Int {
        get { Int(figures.conflatedIndex) }
        set { figures.conflatedIndex = UInt32(newValue) }
    }

    /// Bytes of the first frame that are sent already.
    private(set) var headOffset: Int {
        get { Int(figures.headOffset) }
        set { figures.headOffset = UInt32(newValue) }
    }

    /// Bytes that are not sent yet.
    private(set) var byteCount: Int {
        get { Int(figures.byteCount) }
        set { figures.byteCount = UInt32(newValue) }
    }

    var isEmpty: Bool { byteCount == 0 }

    /// Since when the first frame waits.
    var waitingSince: MonotonicTime? { isEmpty ? nil : frames[headIndex].since }

    /// `offset` bytes of the frame are sent already, which can only be if nothing waits before it.
    ///
    /// A frame with a conflation key takes the place of one with the same key that waits whole.
    /// `heldByteCount`: so many of the next bytes are on their way already, though not sent.
    mutating func append(
        _ frame: SharedFrame,
        from offset: Int = 0,
        at now: MonotonicTime,
        keeping heldByteCount: Int = 0
    ) {
        precondition(offset < frame.bytes.count && (offset == 0 || isEmpty))
        if let key = frame.conflationKey, let index = index(of: key, behind: heldByteCount) {
            byteCount += frame.bytes.count - frames[index].frame.bytes.count
            frames[index] = Waiting(frame: frame, since: frames[index].since)
            return
        }
        if isEmpty { headOffset = offset }
        if frame.conflationKey != nil { conflatedIndex = frames.count }
        frames.append(Waiting(frame: frame, since: now))
        byteCount += frame.bytes.count - offset
    }

    /// The frame of a key of which nothing is sent.
    private func index(of key: ConflationKey, behind heldByteCount: Int) -> Int? {
        guard !isEmpty else { return nil }
        let first = firstUnstartedIndex(behind: heldByteCount)
        guard first < frames.count else { return nil }
        if conflatedIndex >= first, conflatedIndex < frames.count,
            frames[conflatedIndex].frame.conflationKey == key
        {
            return conflatedIndex
        }
        return frames[first...].lastIndex { $0.frame.conflationKey == key }
    }

    /// The first frame of which nothing is sent or on its way.
    private func firstUnstartedIndex(behind heldByteCount: Int) -> Int {
        var first = headOffset > 0 ? headIndex + 1 : headIndex
        var covered = headOffset > 0 ? frames[headIndex].frame.bytes.count - headOffset : 0
        while covered < heldByteCount, first < frames.count {
            covered += frames[first].frame.bytes.count
            first += 1
        }
        return first
    }

    /// The next pieces to send, the first from `headOffset` on.
    func pieces(maximumCount: Int) -> [[UInt8]] {
        frames[headIndex...].prefix(maximumCount).map(\.frame.bytes)
    }

    /// All that is not sent, as one piece.
    var unsentBytes: [UInt8] {
        guard !isEmpty else { return [] }
        return Array(frames[headIndex...].map(\.frame.bytes).joined().dropFirst(headOffset))
    }

    mutating func removeSent(_ sentByteCount: Int) {
        precondition(sentByteCount <= byteCount)
        byteCount -= sentByteCount
        guard byteCount > 0 else {
            self = OutgoingQueue()
            return
        }
        headOffset += sentByteCount
        while headOffset >= frames[headIndex].frame.bytes.count {
            headOffset -= frames[headIndex].frame.bytes.count
            headIndex += 1
        }
        // Now and then, so that removing costs the same however long the queue is.
        if headIndex > 64, headIndex * 2 > frames.count {
            frames.removeFirst(headIndex)
            conflatedIndex = max(0, conflatedIndex - headIndex)
            headIndex = 0
        }
    }

    /// Drops every frame of which nothing is sent: one that has begun must be ended.
    ///
    /// `heldByteCount`: so many of the next bytes are on their way already, though not sent.
    mutating func dropUnstarted(keeping heldByteCount: Int = 0) {
        let kept = isEmpty ? [] : frames[headIndex..<firstUnstartedIndex(behind: heldByteCount)]
        guard !kept.isEmpty else {
            self = OutgoingQueue()
            return
        }
        byteCount = kept.reduce(-headOffset) { $0 + $1.frame.bytes.count }
        frames = Array(kept)
        headIndex = 0
        conflatedIndex = 0
    }
}
