// SPDX-License-Identifier: Apache-2.0

/// Words and phrases, found in one walk from each place of a text.
struct WordTrie {
    /// Where a word may lie in the text.
    struct Entry: Hashable {
        let startsWord: Bool
        let endsWord: Bool
        /// The line that it comes from.
        let rule: Int
    }

    struct Match: Hashable {
        let range: Range<Int>
        let rule: Int
    }

    /// The next node by node and unit.
    private var edges: [UInt64: Int32] = [:]
    private var entries: [Int32: [Entry]] = [:]
    private var nodeCount: Int32 = 1

    var isEmpty: Bool { entries.isEmpty }

    mutating func insert(_ word: [UInt16], _ entry: Entry) {
        var node: Int32 = 0
        for unit in word {
            let edge = Self.edge(node, unit)
            if let next = edges[edge] {
                node = next
            } else {
                edges[edge] = nodeCount
                node = nodeCount
                nodeCount += 1
            }
        }
        entries[node, default: []].append(entry)
    }

    private static func edge(_ node: Int32, _ unit: UInt16) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 16 | UInt64(unit)
    }

    /// Part of a word stands for all of it, so that a mask leaves no rest to guess from.
    private static func wholeWords(around range: Range<Int>, in text: [UInt16]) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start > 0, text[start - 1] != FoldedText.space { start -= 1 }
        while end < text.count, text[end] != FoldedText.space { end += 1 }
        return start..<end
    }

    /// Every match; the time is the text's length times the longest word's.
    func matches(in text: [UInt16]) -> [Match] {
        var matches: [Match] = []
        for start in text.indices {
            let isAtStart = start == 0 || text[start - 1] == FoldedText.space
            var node: Int32 = 0
            var end = start
            while end < text.count, let next = edges[Self.edge(node, text[end])] {
                node = next
                end += 1
                guard let found = entries[node] else { continue }
                let isAtEnd = end == text.count || text[end] == FoldedText.space
                for entry in found
                where (isAtStart || !entry.startsWord) && (isAtEnd || !entry.endsWord) {
                    let range = Self.wholeWords(around: start..<end, in: text)
                    matches.append(Match(range: range, rule: entry.rule))
                }
            }
        }
        return matches
    }
}
