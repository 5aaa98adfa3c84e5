// SPDX-License-Identifier: Apache-2.0

/// The lists in force, and what they say of a comment.
struct Filter: Sendable {
    enum Action: String, Decodable, Comparable, Sendable {
        case mask
        case hold
        case reject

        private var severity: Int {
            switch self {
            case .mask: 0
            case .hold: 1
            case .reject: 2
            }
        }

        static func < (one: Action, other: Action) -> Bool { one.severity < other.severity }
    }

    struct Source: Sendable {
        let file: String
        let action: Action
        let list: WordList
    }

    /// A match: which characters, what is to be done, and the rule as `file:line`.
    struct Finding: Equatable, Sendable {
        let action: Action
        let characters: Range<Int>
        let rule: String
    }

    let sources: [Source]

    var hasRegexes: Bool { sources.contains { !$0.list.regexes.isEmpty } }

    func findWords(in text: FoldedText) -> [Finding] {
        sources.flatMap { source in
            source.list.words.matches(in: text.words).map { match in
                Finding(
                    action: source.action,
                    characters: Self.characters(match.range, text.wordOrigins),
                    rule: "\(source.file):\(match.rule)"
                )
            }
        }
    }

    /// Takes long, in the worst case; `gaveUp` are the rules that took too long and decide nothing.
    func findRegexes(in text: FoldedText) -> (findings: [Finding], gaveUp: [String]) {
        var findings: [Finding] = []
        var gaveUp: [String] = []
        for source in sources {
            for (regex, line) in source.list.regexes {
                let rule = "\(source.file):\(line)"
                switch regex.find(in: text.plain) {
                case .gaveUp: gaveUp.append(rule)
                case .ranges(let ranges):
                    findings += ranges.map { range in
                        Finding(
                            action: source.action,
                            characters: Self.characters(range, text.plainOrigins),
                            rule: rule
                        )
                    }
                }
            }
        }
        return (findings, gaveUp)
    }

    /// A match is never empty, so it has a first and a last unit.
    private static func characters(_ range: Range<Int>, _ origins: [Int]) -> Range<Int> {
        origins[range.lowerBound]..<origins[range.upperBound - 1] + 1
    }

    /// The text with each matched character but blanks covered by `mask`.
    static func mask(_ text: String, _ findings: [Finding], with mask: Character) -> String {
        var characters = Array(text)
        for finding in findings {
            for index in finding.characters where !characters[index].isWhitespace {
                characters[index] = mask
            }
        }
        return String(characters)
    }
}
