// SPDX-License-Identifier: Apache-2.0

/// Checks UTF-8 as it arrives, and fails at the first byte that no valid text could have there.
///
/// Overlong forms, surrogates and everything above U+10FFFF are refused by the range that the
/// lead byte leaves to the byte after it (Unicode 16.0, table 3-7).
struct UTF8Validator: Sendable {
    private var missingByteCount: UInt8 = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether the text could end here, that is, not inside a character.
    var isAtBoundary: Bool { missingByteCount == 0 }

    /// Takes the bytes from `start` on; false when the text is invalid, whatever follows.
    mutating func consume(_ bytes: [UInt8], from start: Int) -> Bool {
        var index = start
        while index < bytes.count {
            if missingByteCount == 0 {
                index = Self.endOfASCII(bytes, from: index)
                guard index < bytes.count else { return true }
            }
            guard consume(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    /// Skips plain ASCII in blocks that the optimizer turns into a few instructions.
    private static func endOfASCII(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index + 32 <= bytes.count {
            var union: UInt8 = 0
            for position in index..<(index + 32) { union |= bytes[position] }
            guard union < 0x80 else { break }
            index += 32
        }
        while index < bytes.count, bytes[index] < 0x80 { index += 1 }
        return index
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        if missingByteCount > 0 {
            guard byte >= lowest, byte <= highest else { return false }
            missingByteCount -= 1
            (lowest, highest) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: expect(1)
        case 0xE0: expect(2, from: 0xA0)
        case 0xE1...0xEC, 0xEE...0xEF: expect(2)
        case 0xED: expect(2, to: 0x9F)
        case 0xF0: expect(3, from: 0x90)
        case 0xF1...0xF3: expect(3)
        case 0xF4: expect(3, to: 0x8F)
        default: return false
        }
        return true
    }

    private mutating func expect(_ count: UInt8, from low: UInt8 = 0x80, to high: UInt8 = 0xBF) {
        (missingByteCount, lowest, highest) = (count, low, high)
    }
}
