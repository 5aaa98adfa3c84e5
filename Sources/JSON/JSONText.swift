// SPDX-License-Identifier: Apache-2.0

/// Finds and copies values in JSON text, so that they are passed on as they were written.
///
/// Re-writing a parsed value would change numbers (`0.10` to `0.1`, twenty digits to sixteen) and
/// cost a walk of the tree. The text must have been parsed before; on anything else the answers
/// are useless, but no byte outside it is touched.
package enum JSONText {
    /// Where the member's value lies in the object at `range` of `text`.
    package static func member(
        _ name: String,
        of range: Range<Int>,
        in text: Span<UInt8>
    ) -> Range<Int>? {
        var cursor = JSONCursor(range: range, of: text)
        guard cursor.enterObject(in: text) else { return nil }
        while let key = cursor.nextKey(in: text) {
            let value = cursor.skipValue(in: text)
            if matches(key, name: name, in: text) { return value }
        }
        return nil
    }

    /// The member of a member, as `data` in `{"publish":{"data":1}}`.
    package static func value(at path: String..., in text: Span<UInt8>) -> Range<Int>? {
        var range = 0..<text.count
        for name in path {
            guard let found = member(name, of: range, in: text) else { return nil }
            range = found
        }
        return range
    }

    /// A copy of one value's text without the white space outside its strings.
    package static func compact(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var copy: [UInt8] = []
        let range = range.clamped(to: 0..<text.count)
        copy.reserveCapacity(range.count)
        var isInString = false
        var isEscaped = false
        for index in range {
            let byte = text[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if JSONCursor.isSpace(byte) {
                continue
            }
            copy.append(byte)
        }
        return copy
    }

    package static func compact(_ text: [UInt8]) -> [UInt8] {
        compact(text.span, 0..<text.count)
    }

    /// Whether the quoted text at `key` says `name`.
    private static func matches(_ key: Range<Int>, name: String, in text: Span<UInt8>) -> Bool {
        for index in key where text[index] == UInt8(ascii: "\\") {
            return unescaped(key, in: text) == name
        }
        guard key.count == name.utf8.count else { return false }
        var index = key.lowerBound
        for byte in name.utf8 {
            if text[index] != byte { return false }
            index += 1
        }
        return true
    }

    /// A key written with escapes: rare, so the parser reads it.
    private static func unescaped(_ key: Range<Int>, in text: Span<UInt8>) -> String? {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for index in key { quoted.append(text[index]) }
        quoted.append(UInt8(ascii: "\""))
        let limits = JSONLimits(maximumByteCount: quoted.count, maximumDepth: 0)
        return try? JSONValue.parse(quoted, limits: limits).string
    }
}
