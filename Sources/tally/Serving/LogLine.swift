// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The text of a log line.
enum LogLine {
    static func text(
        level: String,
        message: String,
        fields: [String: String],
        at milliseconds: Int64
    ) -> String {
        var fields = fields
        let role = fields.removeValue(forKey: "role") ?? "tally"
        let worker = fields.removeValue(forKey: "worker")
        let who = worker.map { "\(role)=\($0)" } ?? role
        let rest = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(quoted($0.value))" }
        let stamp = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        return "\(stamp) \(level) \(who): \(message)\(rest.joined())\n"
    }

    /// Quotes what would not read as one word, and shows control characters as escapes.
    private static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (0x21...0x7E).contains(scalar.value) && scalar != "\""
                    && scalar != "\\"
            }
        return isPlain ? value : value.debugDescription
    }
}
