// SPDX-License-Identifier: Apache-2.0

/// What stands under `settings` in Manifests/plugins/word-filter.yaml.
package struct WordFilterSettings: Decodable, Sendable {
    struct List: Decodable, Sendable {
        let file: String
        let action: Filter.Action
    }

    static let rejectedCode: Int32 = 1_000
    static let heldCode: Int32 = 1_001

    let lists: [List]
    let mask: String
    let message: String
    let holdMessage: String
    let heldMaximum: Int
    let reloadSeconds: Int
    let exemptModerators: Bool

    var maskCharacter: Character { mask.first ?? "*" }

    private enum CodingKeys: String, CodingKey {
        case lists
        case mask
        case message
        case holdMessage = "hold_message"
        case heldMaximum = "held_maximum"
        case reloadSeconds = "reload_seconds"
        case exemptModerators = "exempt_moderators"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        lists = try container.decodeIfPresent([List].self, forKey: .lists) ?? []
        mask = try container.decodeIfPresent(String.self, forKey: .mask) ?? "*"
        message =
            try container.decodeIfPresent(String.self, forKey: .message)
            ?? "not in these words, please"
        holdMessage =
            try container.decodeIfPresent(String.self, forKey: .holdMessage)
            ?? "a moderator looks at it first"
        heldMaximum = try container.decodeIfPresent(Int.self, forKey: .heldMaximum) ?? 500
        reloadSeconds = try container.decodeIfPresent(Int.self, forKey: .reloadSeconds) ?? 5
        exemptModerators =
            try container.decodeIfPresent(Bool.self, forKey: .exemptModerators) ?? true
    }

    static let schema = """
        {"type": "object", "additionalProperties": false, "required": ["lists"], "properties": {
          "lists": {"type": "array", "minItems": 1, "maxItems": 16, "items": {
            "type": "object", "additionalProperties": false, "required": ["file", "action"],
            "properties": {
              "file": {"type": "string", "minLength": 1, "maxLength": 1024},
              "action": {"enum": ["reject", "mask", "hold"]}}}},
          "mask": {"type": "string", "minLength": 1, "maxLength": 1},
          "message": {"type": "string", "maxLength": 200},
          "hold_message": {"type": "string", "maxLength": 200},
          "held_maximum": {"type": "integer", "minimum": 1, "maximum": 1000},
          "reload_seconds": {"type": "integer", "minimum": 1, "maximum": 3600},
          "exempt_moderators": {"type": "boolean"}}}
        """
}

extension WordFilterSettings {
    /// Reads all files, which may block.
    func load() throws -> (filter: Filter, versions: [ListFile.Version?]) {
        // Before the contents: a file that changes meanwhile is read once more.
        let versions = versions()
        let sources = try lists.map { list in
            Filter.Source(
                file: list.file,
                action: list.action,
                list: try WordList(ListFile(path: list.file).read(), file: list.file)
            )
        }
        return (Filter(sources: sources), versions)
    }

    func versions() -> [ListFile.Version?] {
        lists.map { try? ListFile(path: $0.file).version() }
    }
}
