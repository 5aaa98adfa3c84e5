// SPDX-License-Identifier: Apache-2.0

import Channels
import Yams

/// Reads a manifest's YAML into a configuration, and finds everything that is wrong with it.
package struct ManifestReader {
    /// A hundred times what a manifest with every key and many rules takes.
    package static let maximumByteCount = 1 << 20

    private let path: String
    private var problems: [ConfigurationProblem] = []
    private var configuration = Configuration()
    /// Where each key's value stands, for what only shows once all are read.
    private var positions: [String: Mark] = [:]

    private init(path: String) {
        self.path = path
    }

    /// What a manifest says, and where.
    package struct Result {
        package var configuration: Configuration
        /// The keys that the file has, with the place of each key's value.
        package let sources: [String: ConfigurationProblem.Source]
    }

    /// - Parameters:
    ///   - text: the manifest; empty or all comments leaves every default.
    ///   - path: the name to locate errors with.
    /// - Returns: the file's values over the defaults.
    /// - Throws: every problem found, in the order of the file.
    package static func read(_ text: String, path: String) throws(ConfigurationError) -> Result {
        var reader = ManifestReader(path: path)
        guard text.utf8.count <= maximumByteCount else {
            let limit = ByteCountNotation.text(of: maximumByteCount)
            throw ConfigurationError([
                ConfigurationProblem(.wholeFile(path: path), "larger than \(limit)")
            ])
        }
        if let root = try reader.compose(text) {
            reader.readRoot(root)
        }
        guard reader.problems.isEmpty else { throw ConfigurationError(reader.problems) }
        return Result(
            configuration: reader.configuration,
            sources: reader.positions.mapValues {
                .file(path: path, line: $0.line, column: $0.column)
            }
        )
    }

    private func compose(_ text: String) throws(ConfigurationError) -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError([YAMLProblem.translate(error, path: path, text: text)])
        }
    }

    private mutating func readRoot(_ root: Node) {
        if isNothing(root) { return }
        guard let mapping = root.mapping else {
            report("expected keys with values, such as \"workers: 2\"", at: root)
            return
        }
        let groups = Set(Configuration.settings.compactMap { $0.key.splitGroup?.group })
        let topKeys =
            Configuration.settings.map(\.key).filter { $0.splitGroup == nil }
            + groups.sorted() + [Configuration.channelRulesKey]
        for (keyNode, value) in mapping {
            guard let key = readKey(keyNode) else { continue }
            if key == Configuration.channelRulesKey {
                positions[key] = value.mark
                readRules(value)
            } else if groups.contains(key) {
                readGroup(key, value)
            } else if let setting = Configuration.settings.first(where: { $0.key == key }) {
                read(setting, from: value, into: \.configuration)
            } else {
                reportUnknown(key, at: keyNode, among: topKeys, in: nil)
            }
        }
    }

    private mutating func readGroup(_ group: String, _ node: Node) {
        if isNothing(node) { return }
        guard let mapping = node.mapping else {
            report("\(group): expected keys with values", at: node)
            return
        }
        let settings = Configuration.settings.filter { $0.key.splitGroup?.group == group }
        for (keyNode, value) in mapping {
            guard let key = readKey(keyNode) else { continue }
            if let setting = settings.first(where: { $0.key == "\(group).\(key)" }) {
                read(setting, from: value, into: \.configuration)
            } else {
                let known = settings.compactMap { $0.key.splitGroup?.name }
                reportUnknown(key, at: keyNode, among: known, in: group)
            }
        }
    }

    private mutating func readRules(_ node: Node) {
        guard let sequence = node.sequence else {
            report("channels: expected a list of rules, each starting with \"- match:\"", at: node)
            return
        }
        guard sequence.count <= Configuration.maximumChannelRules else {
            report(
                "channels: expected at most \(Configuration.maximumChannelRules) rules",
                at: node
            )
            return
        }
        configuration.channels = []
        for element in sequence {
            configuration.channels.append(.blank)
            readRule(element, at: configuration.channels.count - 1)
        }
    }

    private mutating func readRule(_ node: Node, at index: Int) {
        guard let mapping = node.mapping else {
            report("channels: expected a rule with keys and values", at: node)
            return
        }
        var hasPattern = false
        for (keyNode, value) in mapping {
            guard let key = readKey(keyNode) else { continue }
            if let setting = ChannelRule.settings.first(where: { $0.key == key }) {
                hasPattern = hasPattern || key == ChannelRule.patternKey
                read(setting, from: value, into: \.configuration.channels[index])
            } else {
                let known = ChannelRule.settings.map(\.key)
                reportUnknown(key, at: keyNode, among: known, in: "a rule under channels")
            }
        }
        if !hasPattern {
            report("a rule needs \"\(ChannelRule.patternKey): PATTERN\"", at: node)
        }
    }
}

/// Keys, values and complaints.
extension ManifestReader {
    private mutating func readKey(_ node: Node) -> String? {
        guard case .scalar(let scalar) = node else {
            report("expected a key's name", at: node)
            return nil
        }
        return scalar.string
    }

    private mutating func read<Root>(
        _ setting: Setting<Root>,
        from node: Node,
        into path: WritableKeyPath<ManifestReader, Root>
    ) {
        if Root.self == Configuration.self { positions[setting.key] = node.mark }
        var texts: [String] = []
        var nodes: [Node] = []
        switch (setting.shape, node) {
        case (_, .scalar(let scalar)) where !isNothing(node):
            // One scalar also stands for a list of one.
            texts = [scalar.string]
            nodes = [node]
        case (.list, .sequence(let sequence)):
            for element in sequence {
                guard case .scalar(let scalar) = element else {
                    report("\(setting.key): expected \(setting.expected)", at: element)
                    return
                }
                texts.append(scalar.string)
                nodes.append(element)
            }
        default:
            report(
                "\(setting.key): expected \(setting.expected), found \(kind(of: node))",
                at: node
            )
            return
        }
        do throws(InvalidValue) {
            try setting.apply(&self[keyPath: path], texts)
        } catch {
            let place = error.element.flatMap { nodes.indices.contains($0) ? nodes[$0] : nil }
            report("\(setting.key): \(error.reason)", at: place ?? node)
        }
    }

    private func isNothing(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private func kind(of node: Node) -> String {
        switch node {
        case .mapping: "keys with values"
        case .sequence: "a list"
        default: "nothing"
        }
    }

    private mutating func reportUnknown(
        _ key: String,
        at node: Node,
        among known: [String],
        in group: String?
    ) {
        let place = group.map { " in \($0)" } ?? ""
        let hint: String
        if let nearest = NearestName.nearest(to: key, among: known) {
            hint = "did you mean \"\(nearest)\"?"
        } else if let elsewhere = Configuration.settings.first(where: {
            $0.key == key || $0.key.splitGroup?.name == key
        }) {
            hint = "did you mean \"\(elsewhere.key)\", which is written under its group?"
        } else {
            hint = "known are " + known.joined(separator: ", ")
        }
        report("unknown key \"\(key.prefix(60))\"\(place); \(hint)", at: node)
    }

    private mutating func report(_ message: String, at node: Node) {
        let mark = node.mark
        problems.append(
            ConfigurationProblem(
                .file(path: path, line: mark?.line ?? 1, column: mark?.column ?? 1),
                message
            )
        )
    }
}

extension String {
    /// `group.name` in its two parts; nil for a key at the top.
    fileprivate var splitGroup: (group: String, name: String)? {
        guard let dot = firstIndex(of: ".") else { return nil }
        return (String(self[..<dot]), String(self[index(after: dot)...]))
    }
}
