// SPDX-License-Identifier: Apache-2.0

/// A plugin's manifest that is not there, or no text.
package struct UnreadableManifest: Error, Hashable, Sendable {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}

/// Reads the manifests that `plugins` names, and finds what does not go together.
struct PluginReading {
    private(set) var manifests: [PluginManifest] = []
    private(set) var problems: [ConfigurationProblem] = []
    private let configuration: Configuration
    private let sources: [String: ConfigurationProblem.Source]

    init(_ configuration: Configuration, sources: [String: ConfigurationProblem.Source]) {
        self.configuration = configuration
        self.sources = sources
    }

    mutating func readAll(
        _ read: (String) -> Result<ConfigurationLoader.Manifest, UnreadableManifest>
    ) {
        for (index, path) in configuration.pluginManifests.enumerated() {
            switch read(path) {
            case .success(let manifest):
                self.read(manifest)
            case .failure(let error):
                let key = Configuration.pluginsKey
                let source = sources["\(key)/\(index)"] ?? sources[key] ?? .defaults
                problems.append(ConfigurationProblem(source, "\(key): \(error.reason)"))
            }
        }
    }

    private mutating func read(_ text: ConfigurationLoader.Manifest) {
        do throws(ConfigurationError) {
            let manifest = try ManifestReader.readPlugin(text.text, path: text.path)
            check(manifest)
            manifests.append(manifest)
        } catch {
            problems += error.problems
        }
    }

    private mutating func check(_ manifest: PluginManifest) {
        let settings = manifest.settings
        func report(_ key: String, _ message: String) {
            problems.append(ConfigurationProblem(manifest.place(of: key), "\(key): \(message)"))
        }
        if let twin = manifests.first(where: { $0.settings.name == settings.name }) {
            report(
                PluginSettings.nameKey,
                "\(settings.name) is the name in \(twin.settings.manifest) already"
            )
        }
        // While an instance ends its worker gives no sign of life.
        if settings.stopTimeout >= configuration.supervisor.heartbeatTimeout {
            report("stop_timeout", "must be shorter than supervisor.heartbeat_timeout")
        }
        if settings.library.isEmpty {
            report(PluginSettings.libraryKey, "expected a file")
        }
    }
}
