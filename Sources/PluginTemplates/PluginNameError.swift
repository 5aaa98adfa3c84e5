// SPDX-License-Identifier: Apache-2.0

/// Why a plugin cannot be called so.
package enum PluginNameError: Error, Hashable, Sendable {
    case empty
    case tooLong
    case badStart
    case badCharacter(Character)
    case taken

    /// As in tally_plugin.h: `[a-z][a-z0-9-]{0,31}`.
    package static let maximumLength = 32

    /// Nil where the name is good.
    init?(_ name: String) {
        guard let first = name.first else {
            self = .empty
            return
        }
        let letters: ClosedRange<Character> = "a"..."z"
        let digits: ClosedRange<Character> = "0"..."9"
        let wrong = name.first { !$0.isASCII || !(letters ~= $0 || digits ~= $0 || $0 == "-") }
        if let wrong {
            self = .badCharacter(wrong)
        } else if !(letters ~= first) {
            self = .badStart
        } else if name.count > Self.maximumLength {
            self = .tooLong
        } else if ["tally", "tally-plugin"].contains(name) {
            self = .taken
        } else {
            return nil
        }
    }

    package var message: String {
        switch self {
        case .empty: "a plugin needs a name"
        case .tooLong: "a plugin's name has at most \(Self.maximumLength) characters"
        case .badStart: "a plugin's name starts with a letter from a to z"
        case .badCharacter(let character):
            "\"\(character)\" cannot be in a plugin's name: it is lower-case letters, digits and hyphens"
        case .taken: "that name is Tally's own"
        }
    }
}
