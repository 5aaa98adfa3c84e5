// SPDX-License-Identifier: Apache-2.0

import Manifest

/// The operator's manifest: every problem has a place, none a crash.
enum ManifestTarget: FuzzTarget {
    static let name = "manifest"

    static let seeds = texts(
        "listen: [\"127.0.0.1:8000\"]\nworkers: 2\nlog:\n  level: info\n",
        "channels:\n  - match: \"room:*\"\n    history_size: 50\n    history_lifetime: 1h\n",
        "client:\n  maximum_message_size: 64KiB\n  ping_interval: 25s\n",
        "workers: \"2\"\nworker: 3\n",
        "a: &x [1]\nb: *x\n",
        "? {}\n: - |\n  text\n",
        "anonymous: {allow: [sub, pub], channels: ['*']}\n",
        "name: a\nlibrary: a.so\nhooks: [comment]\nsettings: {words: [no, 007, 1e3], x: {y: ~}}\n"
    )

    static func run(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        // What stands behind a line of dashes is the file of every plugin that the rest names.
        let parts = text.split(separator: "\n---\n", maxSplits: 1).map(String.init)
        let manifest = ConfigurationLoader.Manifest(text: parts.first ?? "", path: "m")
        explaining { () throws(ConfigurationError) in
            let loaded = try ConfigurationLoader.load(
                manifest: manifest,
                environment: [:],
                flags: [],
                readPlugin: { path in
                    path.hasSuffix(".gone")
                        ? .failure(.init("gone"))
                        : .success(.init(text: parts.last ?? "", path: path))
                }
            )
            handOver(loaded.configuration)
            for origin in loaded.configuration.allowedOrigins {
                _ = origin.matches(parts.last ?? "")
            }
            for key in ["plugins", "listen"] { _ = loaded.source(of: key, element: 0) }
            for plugin in loaded.plugins {
                for key in ["settings/x/0", "name", "nowhere"] { _ = plugin.place(of: key) }
            }
        }
        explaining { () throws(ConfigurationError) in
            // As a plugin's manifest, too.
            let plugin = try ManifestReader.readPlugin(text, path: "p")
            var configuration = Configuration()
            configuration.plugins = [plugin.settings]
            handOver(configuration)
        }
        explaining { () throws(ConfigurationError) in
            // And as what the environment and flags say: `NAME=VALUE` and `key=VALUE`.
            let pairs = text.split(separator: "\n").map { line in
                line.split(separator: "=", maxSplits: 1).map(String.init)
            }.filter { $0.count == 2 }
            let environment = Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 }
            _ = ConfigurationLoader.unknownVariables(in: environment)
            handOver(
                try ConfigurationLoader.load(
                    manifest: nil,
                    environment: environment,
                    flags: pairs.map { .init(name: $0[0], key: $0[0], values: [$0[1]]) }
                )
            )
        }
        // What a child is handed, as if the supervisor had written it.
        _ = try? Configuration(decoding: bytes)
        _ = try? Configuration(decoding: defaults + bytes)
    }

    private static func explaining(_ body: () throws(ConfigurationError) -> Void) {
        do throws(ConfigurationError) { try body() } catch { explain(error) }
    }

    private static let defaults = Configuration().encoded(includingSecret: true)

    private static func handOver(_ configuration: Configuration) {
        var configuration = configuration
        configuration.tokens.secret = Secret([0, 0xFF])
        configuration.tokens.publicKeys = [[1], []]
        configuration.tls.material = [CertificateMaterial(certificates: [2], key: Secret([3]))]
        configuration.tls.clientAuthorities = [4]
        let handed = configuration.encoded(includingSecret: true)
        guard let again = try? Configuration(decoding: handed) else {
            preconditionFailure("a child cannot read what the supervisor validated")
        }
        precondition(again.encoded(includingSecret: true) == handed)
    }

    private static func explain(_ error: ConfigurationError) {
        precondition(!error.problems.isEmpty, "refused without a reason")
        precondition(!error.description.isEmpty)
    }
}
