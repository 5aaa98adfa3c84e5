// SPDX-License-Identifier: Apache-2.0

/// The lines of one file, ready to be looked for.
struct WordList: Sendable {
    struct Problem: Error, Equatable, CustomStringConvertible {
        let file: String
        let line: Int
        let message: String

        var description: String { "\(file):\(line): \(message)" }
    }

    /// So many lines of words; a trie of them takes some 10 MiB a worker.
    static let maximumWordCount = 10_000
    /// Each is tried on every comment that no word has decided.
    static let maximumRegexCount = 100
    /// Of a word or phrase; a walk in the text is never longer.
    static let maximumWordUnits = 64
    /// Of a regular expression.
    static let maximumPatternUnits = 512

    private(set) var words = WordTrie()
    private(set) var regexes: [(regex: WordRegex, line: Int)] = []
    private(set) var wordCount = 0

    /// Reads a list: a word or phrase a line, or a regular expression between slashes.
    init(_ text: String, file: String) throws(Problem) {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let entry = Self.trimmed(line)
            if entry.isEmpty || entry.hasPrefix("#") { continue }
            do throws(Refusal) {
                try add(entry, line: index + 1)
            } catch {
                throw Problem(file: file, line: index + 1, message: error.message)
            }
        }
    }

    private struct Refusal: Error {
        let message: String
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line.drop { $0.isWhitespace }
        while line.last?.isWhitespace == true { line.removeLast() }
        return line
    }

    private mutating func add(_ entry: Substring, line: Int) throws(Refusal) {
        if entry.count >= 2, entry.hasPrefix("/"), entry.hasSuffix("/") {
            try addRegex(entry.dropFirst().dropLast(), line: line)
        } else {
            try addWord(entry, line: line)
        }
    }

    private mutating func addRegex(_ pattern: Substring, line: Int) throws(Refusal) {
        guard !pattern.isEmpty, pattern.utf16.count <= Self.maximumPatternUnits else {
            throw Refusal(
                message: "a regular expression has 1 to \(Self.maximumPatternUnits) characters"
            )
        }
        guard regexes.count < Self.maximumRegexCount else {
            throw Refusal(message: "more than \(Self.maximumRegexCount) regular expressions")
        }
        do {
            regexes.append((try WordRegex(String(pattern)), line))
        } catch {
            throw Refusal(message: "no regular expression: \(error.message)")
        }
    }

    private mutating func addWord(_ entry: Substring, line: Int) throws(Refusal) {
        let isOpenAtStart = entry.hasPrefix("*")
        let isOpenAtEnd = entry.hasSuffix("*")
        let word = entry.dropFirst(isOpenAtStart ? 1 : 0).dropLast(isOpenAtEnd ? 1 : 0)
        let folded = FoldedText(word).words
        guard folded.contains(where: FoldedText.isWord) else {
            throw Refusal(message: "a word needs a letter or a digit; for signs, write /.../")
        }
        guard folded.first != FoldedText.space, folded.last != FoldedText.space else {
            throw Refusal(
                message: "a word starts and ends with a letter or digit; else write /.../"
            )
        }
        guard folded.count <= Self.maximumWordUnits else {
            throw Refusal(message: "longer than \(Self.maximumWordUnits) characters")
        }
        guard wordCount < Self.maximumWordCount else {
            throw Refusal(message: "more than \(Self.maximumWordCount) words")
        }
        wordCount += 1
        words.insert(
            folded,
            WordTrie.Entry(startsWord: !isOpenAtStart, endsWord: !isOpenAtEnd, rule: line)
        )
    }
}
