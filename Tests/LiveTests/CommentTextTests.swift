// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import Live
import Testing

@Suite struct CommentTextTests {
    private static func check(_ text: String, limit: Int = 500) throws(ErrorReply) -> String {
        try CommentText.check(text, maximumCodePoints: limit)
    }

    private static func code(_ text: String, limit: Int = 500) -> UInt32? {
        do throws(ErrorReply) {
            _ = try check(text, limit: limit)
            return nil
        } catch {
            return error.code
        }
    }

    /// A literal must not hold one.
    private static func noncharacter(_ value: UInt32) -> String {
        Unicode.Scalar(value).map { String($0) } ?? ""
    }

    @Test func trimsWhiteSpaceAtBothEnds() throws {
        #expect(try Self.check("  hello world\u{3000}\n") == "hello world")
        #expect(try Self.check("\t\u{A0}a\u{2003}") == "a")
        #expect(try Self.check("\u{1F600} \u{1F468}\u{200D}\u{1F469}") == "😀 👨‍👩")
    }

    @Test func countsCodePointsAfterTrimming() throws {
        #expect(try Self.check(" abc ", limit: 3) == "abc")
        #expect(Self.code("abcd", limit: 3) == ErrorCode.commentTooLong.rawValue)
        // One character to a reader, two code points.
        #expect(try Self.check("e\u{301}", limit: 2) == "e\u{301}")
        #expect(Self.code("e\u{301}", limit: 1) == ErrorCode.commentTooLong.rawValue)
        #expect(try Self.check(String(repeating: "\u{1F600}", count: 500)).utf8.count == 2_000)
        #expect(
            Self.code(String(repeating: "\u{1F600}", count: 501))
                == ErrorCode.commentTooLong.rawValue
        )
    }

    @Test(arguments: ["", "   ", "\n\n", "\u{200B}", "\u{2060}\u{FEFF}", " \u{3164} "])
    func refusesWhatNobodySees(text: String) {
        #expect(Self.code(text) == ErrorCode.invalidText.rawValue)
    }

    @Test(arguments: [
        "a\nb", "a\tb", "a\u{0}b", "a\u{7F}b", "a\u{85}b", "a\u{9F}b", "a\u{2028}b", "a\u{2029}b",
        "a" + noncharacter(0xFFFE), "a" + noncharacter(0xFDD0), "a" + noncharacter(0x10FFFF),
    ])
    func refusesControlCharacters(text: String) {
        #expect(Self.code(text) == ErrorCode.invalidText.rawValue)
    }

    @Test func normalizesCaseAndSpace() {
        #expect(CommentText.normalized("Hello   WORLD") == CommentText.normalized("hello world"))
        #expect(CommentText.normalized("hello world") != CommentText.normalized("helloworld"))
    }
}
