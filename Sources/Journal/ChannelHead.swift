// SPDX-License-Identifier: Apache-2.0

import Channels
import SQLite

/// A channel's row: where its publications are and how much they are.
struct ChannelHead: Hashable {
    let id: Int64
    let epoch: String
    /// The newest offset that was ever given.
    var top: UInt64
    /// The oldest offset that is kept; above `top` where none is.
    var oldest: UInt64
    var byteCount: Int

    var count: UInt64 { oldest > top ? 0 : top - oldest + 1 }

    init(id: Int64, epoch: String, top: UInt64) {
        self.id = id
        self.epoch = epoch
        self.top = top
        oldest = top + 1
        byteCount = 0
    }

    /// From the columns id, epoch, top, oldest, byte_count; nil where they contradict each other.
    init?(_ row: SQLiteRow) {
        guard let top = row.amount(2), let oldest = row.amount(3), let byteCount = row.amount(4),
            oldest > 0, oldest <= top + 1
        else { return nil }
        id = row.integer(0)
        epoch = row.text(1)
        self.top = UInt64(top)
        self.oldest = UInt64(oldest)
        self.byteCount = Int(byteCount)
    }

    /// Takes out publications up to an offset; answers false where that is not among those kept.
    mutating func drop(through offset: Int64, byteCount: Int64) -> Bool {
        guard offset >= 0, byteCount >= 0, UInt64(offset) >= oldest, UInt64(offset) <= top else {
            return false
        }
        oldest = UInt64(offset) + 1
        self.byteCount = max(0, self.byteCount - Int(byteCount))
        return true
    }

    var position: Position { Position(epoch: epoch, offset: top) }
}
