// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Finds the stamps of messages in a stream of payload bytes, in whatever pieces it comes.
///
/// A stamp is `~` and 16 hexadecimal digits: the moment of sending on the clock that all processes of
/// a machine share. Whatever a server wraps round a message, and however many it puts into a frame,
/// each stamp is one delivery; nothing is decoded and nothing kept.
package struct StampReader {
    private static let mark = UInt8(ascii: "~")
    private static let digitCount: UInt8 = 16

    private var missingDigits: UInt8 = 0
    private var value: UInt64 = 0

    package init() {}

    /// The mark and digits for a message that is sent now.
    package static func stamp(_ moment: MonotonicTime) -> [UInt8] {
        let digits = String(moment.nanoseconds, radix: 16)
        let padding = String(repeating: "0", count: Int(digitCount) - digits.utf8.count)
        return [mark] + (padding + digits).utf8
    }

    /// Reads on, and adds what it found.
    package mutating func read(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        into moments: inout [UInt64]
    ) {
        for index in range {
            let byte = bytes[index]
            if byte == Self.mark {
                missingDigits = Self.digitCount
                value = 0
            } else if missingDigits > 0 {
                guard let digit = Self.digit(byte) else {
                    missingDigits = 0
                    continue
                }
                value = value << 4 | digit
                missingDigits -= 1
                if missingDigits == 0 { moments.append(value) }
            }
        }
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a")) + 10
        default: nil
        }
    }
}
