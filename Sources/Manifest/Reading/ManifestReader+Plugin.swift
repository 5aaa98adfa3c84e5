// SPDX-License-Identifier: Apache-2.0

import Yams

/// A plugin's own manifest.
package struct PluginManifest: Sendable {
    package var settings: PluginSettings
    /// Where its keys stand, and what lies within `settings`: `settings/lists/0`.
    package let places: [String: ConfigurationProblem.Source]

    /// Where a key stands; else where what is around it does.
    package func place(of key: String) -> ConfigurationProblem.Source {
        var key = key[...]
        while true {
            if let place = places[String(key)] { return place }
            guard let slash = key.lastIndex(of: "/") else { break }
            key = key[..<slash]
        }
        return places[PluginSettings.nameKey] ?? .wholeFile(path: settings.manifest)
    }
}

extension ManifestReader {
    /// Reads a plugin's manifest.
    ///
    /// - Parameters:
    ///   - text: the file.
    ///   - path: the name to locate errors with.
    /// - Returns: its settings; `library` as it is written.
    /// - Throws: every problem found, in the order of the file.
    package static func readPlugin(
        _ text: String,
        path: String
    ) throws(ConfigurationError) -> PluginManifest {
        var reader = ManifestReader(path: path)
        reader.plugin.manifest = path
        let root = try reader.root(of: text)
        if let root { reader.readPluginRoot(root) }
        for key in [PluginSettings.nameKey, PluginSettings.libraryKey]
        where reader.positions[key] == nil {
            reader.report("a plugin's manifest needs \"\(key): ...\"", at: nil)
        }
        guard reader.problems.isEmpty else { throw ConfigurationError(reader.problems) }
        return PluginManifest(
            settings: reader.plugin,
            places: reader.positions.mapValues {
                .file(path: path, line: $0.line, column: $0.column)
            }
        )
    }

    private mutating func readPluginRoot(_ root: Node) {
        if isNothing(root) { return }
        guard let mapping = root.mapping else {
            report("expected keys with values, such as \"name: word-filter\"", at: root)
            return
        }
        let table = PluginSettings.settings
        let groups = Set(table.compactMap { $0.key.splitGroup?.group })
        for (keyNode, value) in mapping {
            guard let key = readKey(keyNode) else { continue }
            if key == PluginSettings.settingsKey {
                readSettings(value)
            } else if groups.contains(key) {
                readPluginGroup(key, value)
            } else if let setting = table.first(where: { $0.key == key }) {
                positions[key] = value.mark
                read(setting, from: value, into: \.plugin)
            } else {
                let known =
                    table.map(\.key).filter { $0.splitGroup == nil } + groups.sorted()
                    + [PluginSettings.settingsKey]
                reportUnknown(key, at: keyNode, among: known, in: nil, of: table)
            }
        }
    }

    private mutating func readPluginGroup(_ group: String, _ node: Node) {
        if isNothing(node) { return }
        guard let mapping = node.mapping else {
            report("\(group): expected keys with values", at: node)
            return
        }
        let settings = PluginSettings.settings.filter { $0.key.splitGroup?.group == group }
        for (keyNode, value) in mapping {
            guard let key = readKey(keyNode) else { continue }
            if let setting = settings.first(where: { $0.key == "\(group).\(key)" }) {
                positions[setting.key] = value.mark
                read(setting, from: value, into: \.plugin)
            } else {
                let known = settings.compactMap { $0.key.splitGroup?.name }
                reportUnknown(key, at: keyNode, among: known, in: group, of: settings)
            }
        }
    }

    private mutating func readSettings(_ node: Node) {
        positions[PluginSettings.settingsKey] = node.mark
        if isNothing(node) { return }
        guard node.mapping != nil else {
            report("settings: expected keys with values", at: node)
            return
        }
        do throws(SettingsWriter.Problem) {
            let written = try SettingsWriter.write(node)
            plugin.settings = written.text
            positions.merge(written.places) { $1 }
        } catch {
            problems.append(
                ConfigurationProblem(
                    .file(path: path, line: error.mark?.line ?? 1, column: error.mark?.column ?? 1),
                    error.message
                )
            )
        }
    }
}
