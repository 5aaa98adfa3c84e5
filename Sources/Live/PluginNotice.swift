// SPDX-License-Identifier: Apache-2.0

/// Something that plugins are told once on a node.
package struct PluginNotice: Hashable, Sendable {
    /// What a plugin's hook is called for it.
    package enum Kind: UInt8, Sendable {
        case started = 1
        case stopped
    }

    /// Never given twice.
    package let id: String
    package let kind: Kind
    package let stream: String
    /// The hook's `data` as JSON text.
    package let json: [UInt8]

    package init(id: String, kind: Kind, stream: String, json: [UInt8]) {
        self.id = id
        self.kind = kind
        self.stream = stream
        self.json = json
    }
}
