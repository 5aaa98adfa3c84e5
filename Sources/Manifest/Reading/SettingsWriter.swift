// SPDX-License-Identifier: Apache-2.0

import JSON
import Yams

/// Turns a plugin's `settings` from YAML into JSON text.
///
/// Plain `true`, `false`, `null` and numbers as JSON writes them keep their kind; everything else is
/// text, and so is what is quoted. So a word list may hold `no` and `007`, and nothing becomes a date.
struct SettingsWriter {
    private var writer = JSONWriter()
    private var depth = 0
    /// Where each value stands: `settings/lists/0`.
    private(set) var places: [String: Mark] = [:]

    /// What cannot be said in JSON, or is too much.
    struct Problem: Error {
        let message: String
        let mark: Mark?
    }

    static func write(_ node: Node) throws(Problem) -> (text: [UInt8], places: [String: Mark]) {
        var writer = SettingsWriter()
        try writer.write(node, PluginSettings.settingsKey)
        try writer.checkSize(node)
        return (writer.writer.bytes, writer.places)
    }

    private mutating func write(_ node: Node, _ place: String) throws(Problem) {
        try checkSize(node)
        places[place] = node.mark
        switch node {
        case .scalar(let scalar): write(scalar)
        case .mapping(let mapping):
            try enter(node)
            writer.beginObject()
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw Problem(message: "settings: expected a key's name", mark: key.mark)
                }
                writer.key(name.string)
                try write(value, "\(place)/\(name.string)")
            }
            writer.endObject()
            depth -= 1
        case .sequence(let sequence):
            try enter(node)
            writer.beginArray()
            for (index, value) in sequence.enumerated() {
                try write(value, "\(place)/\(index)")
            }
            writer.endArray()
            depth -= 1
        case .alias:
            throw Problem(message: "settings: an alias without its anchor", mark: node.mark)
        }
    }

    private func checkSize(_ node: Node) throws(Problem) {
        guard writer.bytes.count <= PluginSettings.maximumSettingsByteCount else {
            let most = ByteCountNotation.text(of: PluginSettings.maximumSettingsByteCount)
            throw Problem(message: "settings: larger than \(most) as JSON", mark: node.mark)
        }
    }

    private mutating func enter(_ node: Node) throws(Problem) {
        depth += 1
        guard depth <= PluginSettings.maximumSettingsDepth else {
            throw Problem(
                message: "settings: nested more than \(PluginSettings.maximumSettingsDepth) deep",
                mark: node.mark
            )
        }
    }

    private mutating func write(_ scalar: Node.Scalar) {
        let text = scalar.string
        guard scalar.style == .plain else { return writer.string(text) }
        switch text {
        case "true": writer.bool(true)
        case "false": writer.bool(false)
        case "", "~", "null": writer.null()
        default:
            if Self.isNumber(text) { writer.raw(text) } else { writer.string(text) }
        }
    }

    /// RFC 8259 §6.
    static func isNumber(_ text: String) -> Bool {
        // Nearly every text of a list ends here.
        guard let first = text.utf8.first,
            first == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= first
        else { return false }
        return text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
    }
}
