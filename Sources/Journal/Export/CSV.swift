// SPDX-License-Identifier: Apache-2.0

import Channels

/// Comma-separated values (RFC 4180).
enum CSV {
    static let columns = [
        "at", "offset", "id", "user", "name", "text", "reply_to", "generation",
    ]

    static func cells(of comment: ExportedEvent) -> [String] {
        [
            String(comment.event.at.milliseconds), String(comment.event.offset),
            comment.text("id"), comment.text("user"), comment.text("name"), comment.text("text"),
            comment.text("reply_to"), String(comment.generation),
        ]
    }

    static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",")
    }

    private static func quoted(_ cell: String) -> String {
        var text = cell
        // A spreadsheet takes a cell that begins so for a formula, and viewers write the cells.
        if let first = text.first, "=+-@\t\r".contains(first) { text = "'" + text }
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
