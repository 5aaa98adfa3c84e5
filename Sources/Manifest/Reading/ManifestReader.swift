// SPDX-License-Identifier: Apache-2.0

import Channels
import Yams

/// Reads a manifest's YAML into a configuration, and finds everything that is wrong with it.
package struct ManifestReader {
    /// A hundred times what a manifest with every key and many rules takes.
    package static let maximumByteCount = 1 << 20

    let path: String
    var problems: [ConfigurationProblem] = []
    private var configuration = Configuration()
    /// What `readPlugin` fills instead.
    var plugin = PluginSettings()
    /// Where each key's value stands, for what only shows once all are read.
    var positions: [String: Mark] = [:]

    init(path: String) {
        self.path = path
    }

    /// What a manifest says, and where.
    package struct Result {
        package var configuration: Configuration
        /// The keys that the file has, with the place of each key's value.
        ///
        /// Where its elements stand, too, as `plugins/0`, for lists whose files are read later.
        package let sources: [String: ConfigurationProblem.Source]
    }

    /// - Parameters:
    ///   - text: the manifest; empty or all comments leaves every default.
    ///   - path: the name to locate errors with.
    /// - Returns: the file's values over the defaults.
    /// - Throws: every problem found, in the order of the file.
    package static func read(_ text: String, path: String) throws(ConfigurationError) -> Result {
        var reader = ManifestReader(path: path)
        let root = try reader.root(of: text)
        if let root { reader.readRoot(root) }
        guard reader.problems.isEmpty else { throw ConfigurationError(reader.problems) }
        return Result(
            configuration: reader.configuration,
            sources: reader.positions.mapValues {
                .file(path: path, line: $0.line, column: $0.column)
            }
        )
    }

    /// nil for a text without any content.
    func root(of text: String) throws(ConfigurationError) -> Node? {
        guard text.utf8.count <= Self.maximumByteCount else {
            let limit = ByteCountNotation.text(of: Self.maximumByteCount)
            throw ConfigurationError([
                ConfigurationProblem(.wholeFile(path: path), "larger than \(limit)")
            ])
        }
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
                reportUnknown(
                    key,
                    at: keyNode,
                    among: topKeys,
                    in: nil,
                    of: Configuration.settings
                )
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
                reportUnknown(
                    key,
                    at: keyNode,
                    among: known,
                    in: group,
                    of: Configuration.settings
                )
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
                reportUnknown(
                    key,
                    at: keyNode,
                    among: known,
                    in: "a rule under channels",
                    of: Configuration.settings
                )
            }
        }
        if !hasPattern {
            report("a rule needs \"\(ChannelRule.patternKey): PATTERN\"", at: node)
        }
    }
}
