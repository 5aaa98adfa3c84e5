// SPDX-License-Identifier: Apache-2.0

import Reactor

/// What a socket has not taken yet, in order.
struct UnsentBytes {
    private var bytes: [UInt8] = []
    private var sentByteCount = 0

    var isEmpty: Bool { bytes.isEmpty }

    /// What to wait for on a socket that is read as well.
    var interest: Interest { isEmpty ? .readable : [.readable, .writable] }

    mutating func append(_ more: [UInt8]) {
        bytes += more
    }

    /// Sends as much as the socket takes; where it is broken nothing is kept, since reading from it
    /// finds out why.
    ///
    /// - Returns: how many bytes it took.
    mutating func flush(to raw: Int32) -> Int {
        let before = sentByteCount
        while sentByteCount < bytes.count {
            switch Socket.send(raw, bytes, from: sentByteCount) {
            case .transferred(let count): sentByteCount += count
            case .wouldBlock: return sentByteCount - before
            case .endOfStream, .failed: bytes = []
            }
        }
        let taken = sentByteCount - before
        self = UnsentBytes()
        return taken
    }
}
