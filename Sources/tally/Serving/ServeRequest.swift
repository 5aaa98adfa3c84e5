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

    /// Reads and checks the manifest; the environment overrides it, and flags both.
    func configuration() throws(CommandFailure) -> Configuration {
        let manifest = try (manifest ?? environment["TALLY_CONFIG"]).map(ManifestFile.read)
        var configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try ConfigurationLoader.load(
                manifest: manifest,
                environment: environment,
                flags: flags
            )
        } catch {
            throw CommandFailure(
                .configuration,
                "the configuration is wrong, nothing was started",
                details: error.problems.map(\.description)
            )
        }
        if isDemo {
            configuration.isDemo = true
            // Whatever the manifest says of strangers: watching is what the demo promises.
            configuration.anonymous.connect = true
            configuration.anonymous.allow.insert(.subscribe)
        }
        return configuration
    }

    func configurationWithSecret() throws(CommandFailure) -> Configuration {
        var configuration = try configuration()
        configuration.tokens.secret = try ServerSecret.find(configuration, environment)
        configuration.tokens.publicKeys = try PublicKeyFiles.read(configuration.tokens)
        return configuration
    }
}
