// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// docs/protocol.md, read as its tables.
struct ProtocolDocument {
    private let lines: [Substring]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appending(path: "docs/protocol.md"),
            encoding: .utf8
        )
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The rows of the table with these columns under this heading, without back quotes.
    func table(under heading: String, columns: [String]) throws -> [[String]] {
        let start = try #require(lines.firstIndex { $0 == "## " + heading })
        let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
        let head = try #require(section.firstIndex { Self.cells($0) == columns })
        return section[(head + 2)...].prefix { $0.hasPrefix("|") }.map { Self.cells($0) }
    }

    private static func cells(_ line: Substring) -> [String] {
        guard line.hasPrefix("|"), line.hasSuffix("|") else { return [] }
        return line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces).replacing("`", with: "") }
    }
}
