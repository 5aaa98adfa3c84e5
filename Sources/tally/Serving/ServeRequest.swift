// SPDX-License-Identifier: Apache-2.0

import Channels
import Foundation
import Manifest

/// What `tally serve` was told, so that it can be done again at every reload.
struct ServeRequest: Sendable {
    /// The manifest's path; nil: every default.
    let manifest: String?
    let flags: [ConfigurationLoader.Flag]
    let isDemo: Bool
    let environment: [String: String]

    /// Most bytes of the plugins' part of a configuration: each has its settings and some lines.
    static let maximumPluginsByteCount =
        PluginSettings.maximumCount * (PluginSettings.maximumSettingsByteCount + 16 << 10)

    /// Reads and checks the manifests and the certificates, and tries the plugins that they name.
    ///
    /// - Returns: every plugin with the hooks that it really has.
    func checkedConfiguration() throws(CommandFailure) -> Configuration {
        var loaded = try load()
        do throws(ConfigurationError) {
            let places = loaded
            try TLSFiles.read(&loaded.configuration) { places.source(of: $0, element: $1) }
        } catch {
            throw Self.failure(error)
        }
        guard !loaded.plugins.isEmpty else { return loaded.configuration }
        var check = PluginCheck(loaded.plugins)
        try check.run(
            selfTest: false,
            within: PluginCheck.serveDeadline,
            logLevel: .warning
        )
        guard check.problems.isEmpty else {
            throw Self.failure(ConfigurationError(check.problems))
        }
        for index in loaded.configuration.plugins.indices {
            let name = loaded.configuration.plugins[index].name
            loaded.configuration.plugins[index].hooks = check.loaded[name]?.hooks
        }
        return loaded.configuration
    }

    /// The same without reading certificates and trying plugins.
    func configuration() throws(CommandFailure) -> Configuration {
        try load().configuration
    }

    /// Reads and checks the manifest; the environment overrides it, and flags both.
    private func load() throws(CommandFailure) -> ConfigurationLoader.Loaded {
        let path = manifest ?? environment["TALLY_CONFIG"]
        let manifest = try path.map(ManifestFile.read)
        var loaded: ConfigurationLoader.Loaded
        do throws(ConfigurationError) {
            loaded = try ConfigurationLoader.load(
                manifest: manifest,
                environment: environment,
                flags: flags,
                readPlugin: { PluginFiles.read($0, namedBy: path) }
            )
        } catch {
            throw Self.failure(error)
        }
        for index in loaded.plugins.indices {
            let library = PluginFiles.library(of: loaded.plugins[index].settings)
            loaded.plugins[index].settings.library = library
            loaded.configuration.plugins[index].library = library
        }
        if isDemo {
            loaded.configuration.isDemo = true
            // Whatever the manifest says of strangers: watching is what the demo promises.
            loaded.configuration.anonymous.connect = true
            loaded.configuration.anonymous.allow.insert(.subscribe)
        }
        return loaded
    }

    private static func failure(_ error: ConfigurationError) -> CommandFailure {
        CommandFailure(
            .configuration,
            "the configuration is wrong, nothing was started",
            details: error.problems.map(\.description)
        )
    }

    func configurationWithSecret() throws(CommandFailure) -> Configuration {
        var configuration = try checkedConfiguration()
        configuration.tokens.secret = try ServerSecret.find(configuration, environment)
        configuration.tokens.publicKeys = try PublicKeyFiles.read(configuration.tokens)
        return configuration
    }
}
