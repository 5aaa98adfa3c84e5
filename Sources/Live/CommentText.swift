// SPDX-License-Identifier: Apache-2.0

package import ClientProtocol

/// The rules of a comment's text, the same on the worker (early) and in the hub's records.
package enum CommentText {
    /// The trimmed text.
    ///
    /// One line of visible text: no control characters (Unicode Cc), line or paragraph separators
    /// (Zl, Zp) or noncharacters; at least one character that can be seen; at most
    /// `maximumCodePoints` after trimming.
    ///
    /// - Throws: error 406 when it is too long, 411 when it is empty or holds what it must not.
    package static func check(
        _ text: String,
        maximumCodePoints: Int
    ) throws(ErrorReply) -> String {
        let trimmed = PlainText.trimmed(text)
        var count = 0
        var isVisible = false
        for scalar in trimmed.unicodeScalars {
            count += 1
            guard count <= maximumCodePoints else {
                throw ErrorReply(
                    .commentTooLong,
                    "a comment has at most \(maximumCodePoints) code points"
                )
            }
            guard PlainText.isAllowed(scalar) else {
                throw ErrorReply(.invalidText, "a comment is one line without control characters")
            }
            if !isVisible { isVisible = PlainText.isVisible(scalar) }
        }
        guard isVisible else { throw ErrorReply(.invalidText, "a comment must not be empty") }
        return trimmed
    }

    /// The form in which two comments are compared: case and runs of white space do not count.
    package static func normalized(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? normalizedASCII(text.utf8) : normalizedUnicode(text)
    }

    /// The same for most comments, without asking what Unicode says of each character.
    private static func normalizedASCII(_ text: String.UTF8View) -> String {
        var words: [UInt8] = []
        words.reserveCapacity(text.count)
        var isAfterSpace = false
        for byte in text {
            // White_Space below U+0080: tab to carriage return, and the space.
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                isAfterSpace = true
                continue
            }
            if isAfterSpace, !words.isEmpty { words.append(0x20) }
            isAfterSpace = false
            words.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
        return String(decoding: words, as: UTF8.self)
    }

    private static func normalizedUnicode(_ text: String) -> String {
        var words = ""
        words.reserveCapacity(text.utf8.count)
        var isAfterSpace = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                isAfterSpace = true
                continue
            }
            if isAfterSpace, !words.isEmpty { words.unicodeScalars.append(" ") }
            isAfterSpace = false
            words.unicodeScalars.append(scalar)
        }
        return words.lowercased()
    }
}
