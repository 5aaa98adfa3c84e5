// SPDX-License-Identifier: Apache-2.0

/// Puts a configuration together: defaults, then the manifest, then the environment, then flags.
package enum ConfigurationLoader {
    /// A command-line flag that overrides a key.
    package struct Flag: Hashable, Sendable {
        /// As it is typed, `--workers`, to locate a problem with.
        package let name: String
        package let key: String
        package let values: [String]

        package init(name: String, key: String, values: [String]) {
            self.name = name
            self.key = key
            self.values = values
        }
    }

    /// The manifest's text and the name it was given by.
    package struct Manifest {
        package let text: String
        package let path: String

        package init(text: String, path: String) {
            self.text = text
            self.path = path
        }
    }

    /// A configuration, and where the keys of its plugins' manifests stand.
    package struct Loaded {
        package var configuration: Configuration
        /// In the order of `configuration.plugins`.
        package var plugins: [PluginManifest] = []
        fileprivate var sources: [String: ConfigurationProblem.Source] = [:]

        /// Where a key's value stands, or an element of a list that names files.
        package func source(
            of key: String,
            element: Int? = nil
        ) -> ConfigurationProblem.Source {
            element.flatMap { sources["\(key)/\($0)"] } ?? sources[key] ?? .defaults
        }
    }

    /// The same with the plugins' manifests left unread.
    package static func load(
        manifest: Manifest?,
        environment: [String: String],
        flags: [Flag]
    ) throws(ConfigurationError) -> Configuration {
        try loadLocated(manifest: manifest, environment: environment, flags: flags).configuration
    }

    /// - Parameters:
    ///   - manifest: nil when there is none.
    ///   - environment: the process's; only `TALLY_` names are looked at.
    ///   - flags: in the order given.
    ///   - readPlugin: reads a plugin's manifest, or says why it cannot.
    /// - Returns: a configuration whose every value is valid.
    /// - Throws: every problem found, wherever it stands.
    package static func load(
        manifest: Manifest?,
        environment: [String: String],
        flags: [Flag],
        readPlugin: (String) -> Result<Manifest, UnreadableManifest>
    ) throws(ConfigurationError) -> Loaded {
        let located = try loadLocated(manifest: manifest, environment: environment, flags: flags)
        var reading = PluginReading(located.configuration, sources: located.sources)
        reading.readAll(readPlugin)
        guard reading.problems.isEmpty else { throw ConfigurationError(reading.problems) }
        var loaded = Loaded(configuration: located.configuration, plugins: reading.manifests)
        loaded.sources = located.sources
        loaded.configuration.plugins = reading.manifests.map(\.settings)
        return loaded
    }

    private static func loadLocated(
        manifest: Manifest?,
        environment: [String: String],
        flags: [Flag]
    ) throws(ConfigurationError) -> ManifestReader.Result {
        var configuration = Configuration()
        var sources: [String: ConfigurationProblem.Source] = [:]
        var problems: [ConfigurationProblem] = []
        if let manifest {
            do throws(ConfigurationError) {
                let read = try ManifestReader.read(manifest.text, path: manifest.path)
                configuration = read.configuration
                sources = read.sources
            } catch {
                problems += error.problems
            }
        }
        func override(_ key: String, _ texts: [String], from source: ConfigurationProblem.Source) {
            guard let setting = Configuration.settings.first(where: { $0.key == key }) else {
                problems.append(ConfigurationProblem(source, "no key \(key) to override"))
                return
            }
            sources[key] = source
            // Elements that the file has are not those that count.
            sources = sources.filter { !$0.key.hasPrefix(key + "/") }
            do throws(InvalidValue) {
                try setting.apply(&configuration, texts)
            } catch {
                problems.append(ConfigurationProblem(source, error.reason))
            }
        }
        for setting in Configuration.settings {
            guard let value = environment[setting.environmentName] else { continue }
            override(
                setting.key,
                texts(of: value, shape: setting.shape),
                from: .environment(name: setting.environmentName)
            )
        }
        for flag in flags {
            override(flag.key, flag.values, from: .flag(name: flag.name))
        }
        if problems.isEmpty {
            problems = configuration.inconsistencies.map { key, message in
                ConfigurationProblem(sources[key] ?? .defaults, "\(key): \(message)")
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return ManifestReader.Result(configuration: configuration, sources: sources)
    }

    /// Names in the environment that look like an override but are none.
    package static func unknownVariables(in environment: [String: String]) -> [String] {
        let known = Set(Configuration.settings.map(\.environmentName)).union(otherVariables)
        return environment.keys.filter { $0.hasPrefix("TALLY_") && !known.contains($0) }.sorted()
    }

    /// The variables that are no key of the manifest.
    private static let otherVariables: Set<String> = [
        "TALLY_CONFIG", "TALLY_TOKEN_SECRET", "TALLY_TOKEN", "TALLY_URL", "TALLY_CA",
    ]

    /// A list in the environment is separated by commas.
    private static func texts<Root>(of value: String, shape: Setting<Root>.Shape) -> [String] {
        switch shape {
        case .scalar: [value]
        case .list: value.split(separator: ",").map(String.init)
        }
    }
}
