// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Short texts in words of shared memory: the bytes in order, and their count in a word of its own.
extension SharedMemory {
    /// Cut to the limit where it is longer; empty for a moment where it was another.
    func setText(_ text: String, at word: Int, byteCountAt count: Int, maximumByteCount: Int) {
        let bytes = Array(text.utf8.prefix(maximumByteCount))
        let old = self.text(at: word, byteCount: self[count], maximumByteCount: maximumByteCount)
        guard old != bytes else { return }
        self[count] = 0
        for start in stride(from: 0, to: bytes.count, by: 8) {
            var value: UInt64 = 0
            for (position, byte) in bytes[start..<min(start + 8, bytes.count)].enumerated() {
                value |= UInt64(byte) << UInt64(8 * position)
            }
            self[word + start / 8] = value
        }
        self[count] = UInt64(bytes.count)
    }

    func text(at word: Int, byteCount: UInt64, maximumByteCount: Int) -> [UInt8] {
        (0..<min(Int(clamping: byteCount), maximumByteCount)).map { index in
            UInt8(truncatingIfNeeded: self[word + index / 8] >> UInt64(8 * (index % 8)))
        }
    }
}
