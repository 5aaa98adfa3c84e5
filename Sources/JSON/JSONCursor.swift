// SPDX-License-Identifier: Apache-2.0

/// A place in JSON text that moves from token to token.
///
/// It trusts the text to be JSON; on other text it stops at the end and never reads beyond it.
struct JSONCursor {
    private var index: Int
    private let end: Int

    init(range: Range<Int>, of text: Span<UInt8>) {
        let range = range.clamped(to: 0..<text.count)
        index = range.lowerBound
        end = range.upperBound
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    mutating func enterObject(in text: Span<UInt8>) -> Bool {
        skipSpace(in: text)
        guard peek(text) == UInt8(ascii: "{") else { return false }
        index += 1
        return true
    }

    /// The next member's key without its quotes; the cursor then stands at the value.
    mutating func nextKey(in text: Span<UInt8>) -> Range<Int>? {
        skipSpace(in: text)
        if peek(text) == UInt8(ascii: ",") {
            index += 1
            skipSpace(in: text)
        }
        guard peek(text) == UInt8(ascii: "\"") else { return nil }
        let start = index + 1
        skipString(in: text)
        let key = start..<max(start, index - 1)
        skipSpace(in: text)
        guard peek(text) == UInt8(ascii: ":") else { return nil }
        index += 1
        return key
    }

    /// Moves behind the value that follows, and says where it lies.
    mutating func skipValue(in text: Span<UInt8>) -> Range<Int> {
        skipSpace(in: text)
        let start = index
        var depth = 0
        while let byte = peek(text) {
            switch byte {
            case UInt8(ascii: "\""):
                skipString(in: text)
                if depth == 0 { return start..<index }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // At depth 0 it ends the container that a scalar stood in.
                if depth == 0 { return start..<index }
                depth -= 1
                index += 1
                if depth == 0 { return start..<index }
            default:
                if depth == 0, byte == UInt8(ascii: ",") || Self.isSpace(byte) {
                    return start..<index
                }
                index += 1
            }
        }
        return start..<index
    }

    /// Moves from an opening quote behind the closing one.
    private mutating func skipString(in text: Span<UInt8>) {
        index += 1
        while let byte = peek(text) {
            index += 1
            if byte == UInt8(ascii: "\"") { return }
            if byte == UInt8(ascii: "\\"), index < end { index += 1 }
        }
    }

    private mutating func skipSpace(in text: Span<UInt8>) {
        while let byte = peek(text), Self.isSpace(byte) { index += 1 }
    }

    private func peek(_ text: Span<UInt8>) -> UInt8? {
        index < end ? text[index] : nil
    }
}
