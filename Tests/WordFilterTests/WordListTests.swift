// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WordFilter

@Suite struct WordListTests {
    private func isFound(_ text: String, by lines: String) throws -> Bool {
        let list = try WordList(lines, file: "list")
        return !list.words.matches(in: FoldedText(text).words).isEmpty
    }

    @Test(arguments: [
        ("bad", "bad", true), ("bad", "a Bad one", true), ("bad", "badly", false),
        ("bad", "forbad", false), ("bad*", "badly", true), ("bad*", "forbad", false),
        ("*bad", "forbad", true), ("*bad*", "forbadly", true), ("very bad", "very, very bad", true),
        ("very bad", "very badly", false), ("h4x", "HAX", true), ("плохой", "ПЛОХОЙ!", true),
        ("bad", "", false),
    ])
    func findsWords(line: String, text: String, isFound: Bool) throws {
        #expect(try self.isFound(text, by: line) == isFound)
    }

    @Test func leavesOutCommentsAndBlankLines() throws {
        let list = try WordList("# a\n\n  bad  \r\n\t# b\nworse\n", file: "list")
        #expect(list.wordCount == 2)
        let match = try #require(list.words.matches(in: FoldedText("worse").words).first)
        #expect(match.rule == 5)
    }

    @Test(arguments: [
        ("ok\n***", 2, "a word needs"), ("c++", 1, "starts and ends"), ("/(/", 1, "no regular"),
        ("//", 1, "1 to 512"), (String(repeating: "a", count: 65), 1, "longer than 64"),
        ("/\(String(repeating: "a", count: 513))/", 1, "1 to 512"),
    ])
    func saysWhichLineIsWrong(text: String, line: Int, message: String) {
        let problem = #expect(throws: WordList.Problem.self) { try WordList(text, file: "list") }
        #expect(problem?.line == line)
        #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "")")
    }

    @Test func hasLimits() throws {
        let most = (0..<WordList.maximumWordCount).map { "w\($0)" }.joined(separator: "\n")
        #expect(try WordList(most, file: "list").wordCount == WordList.maximumWordCount)
        #expect(throws: WordList.Problem.self) { try WordList(most + "\nmore", file: "list") }
        let patterns = (0..<WordList.maximumRegexCount).map { "/a\($0)/" }.joined(separator: "\n")
        #expect(try WordList(patterns, file: "list").regexes.count == WordList.maximumRegexCount)
        #expect(throws: WordList.Problem.self) { try WordList(patterns + "\n/b/", file: "list") }
        _ = try WordList(String(repeating: "a", count: 64), file: "list")
        _ = try WordList("/\(String(repeating: "a", count: 512))/", file: "list")
    }

    @Test func findsRegexes() throws {
        let regex = try WordRegex("b+a+d")
        #expect(regex.find(in: Array("a bbaad bad".utf16)) == .ranges([2..<7, 8..<11]))
        #expect(regex.find(in: []) == .ranges([]))
        // An empty match is none.
        #expect(try WordRegex("x*").find(in: Array("ab".utf16)) == .ranges([]))
    }

    /// One pattern must not stop the worker, however it was written.
    @Test func givesUpOnCatastrophes() throws {
        let text = Array((String(repeating: "a", count: 499) + "!").utf16)
        #expect(try WordRegex("(a+)+$").find(in: text) == .gaveUp)
        #expect(try WordRegex("(a|aa)+$").find(in: text) == .gaveUp)
    }
}
