// SPDX-License-Identifier: Apache-2.0

/// A plugin's number among those of the node, as the supervisor tells its workers.
///
/// A number belongs to one name for as long as any process lives that knows it.
package struct PluginPlace: Hashable, Sendable {
    /// Most plugins of a node, by which a worker's figures are laid out.
    package static let maximumCount = PluginLayout.maximumPluginCount
    package static let maximumNameByteCount = PluginLayout.maximumNameByteCount

    package let number: Int
    package let name: String
    /// Not to be loaded: its hooks answer what the manifest says for that.
    package let isQuarantined: Bool

    package init(number: Int, name: String, isQuarantined: Bool = false) {
        self.number = number
        self.name = name
        self.isQuarantined = isQuarantined
    }

    /// As among a child's arguments: `0:word-filter`, `1!webhook` when quarantined.
    var text: String { "\(number)\(isQuarantined ? "!" : ":")\(name)" }

    init?(text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let rest = text.dropFirst(digits.count)
        guard let number = Int(digits), 0..<Self.maximumCount ~= number,
            let mark = rest.first, mark == ":" || mark == "!"
        else { return nil }
        let name = String(rest.dropFirst())
        guard Self.isName(name) else { return nil }
        self.init(number: number, name: name, isQuarantined: mark == "!")
    }

    /// `[a-z][a-z0-9-]{0,31}`.
    package static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first,
            name.utf8.count <= maximumNameByteCount
        else { return false }
        return name.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
        }
    }
}
