// SPDX-License-Identifier: Apache-2.0

/// What one connection has still to send, in order; owns no memory while it is empty.
struct OutgoingQueue {
    private var frames: [SharedFrame] = []
    private var headIndex = 0

    /// Bytes of the first frame that are sent already.
    private(set) var headOffset = 0

    /// Bytes that are not sent yet.
    private(set) var byteCount = 0

    var isEmpty: Bool { byteCount == 0 }

    /// `offset` bytes of the frame are sent already, which can only be if nothing waits before it.
    mutating func append(_ frame: SharedFrame, from offset: Int = 0) {
        precondition(offset < frame.bytes.count && (offset == 0 || isEmpty))
        if isEmpty { headOffset = offset }
        frames.append(frame)
        byteCount += frame.bytes.count - offset
    }

    /// The next pieces to send, the first from `headOffset` on.
    func pieces(maximumCount: Int) -> [[UInt8]] {
        frames[headIndex...].prefix(maximumCount).map(\.bytes)
    }

    /// All that is not sent, as one piece.
    var unsentBytes: [UInt8] {
        guard !isEmpty else { return [] }
        return Array(frames[headIndex...].map(\.bytes).joined().dropFirst(headOffset))
    }

    mutating func removeSent(_ sentByteCount: Int) {
        precondition(sentByteCount <= byteCount)
        byteCount -= sentByteCount
        guard byteCount > 0 else {
            self = OutgoingQueue()
            return
        }
        headOffset += sentByteCount
        while headOffset >= frames[headIndex].bytes.count {
            headOffset -= frames[headIndex].bytes.count
            headIndex += 1
        }
        // Now and then, so that removing costs the same however long the queue is.
        if headIndex > 64, headIndex * 2 > frames.count {
            frames.removeFirst(headIndex)
            headIndex = 0
        }
    }

    /// Drops every frame of which nothing is sent: one that has begun must be ended.
    mutating func dropUnstarted() {
        guard headOffset > 0, !isEmpty else {
            self = OutgoingQueue()
            return
        }
        let head = frames[headIndex]
        frames = [head]
        headIndex = 0
        byteCount = head.bytes.count - headOffset
    }
}
