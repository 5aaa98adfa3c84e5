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
        let manifest = ConfigurationLoader.Manifest(text: text, path: "m")
        do throws(ConfigurationError) {
            let configuration = try ConfigurationLoader.load(
                manifest: manifest,
                environment: [:],
                flags: []
            )
            handOver(configuration)
        } catch {
            explain(error)
        }
        do throws(ConfigurationError) {
            // As a plugin's manifest, too.
            var configuration = Configuration()
            configuration.plugins = [try ManifestReader.readPlugin(text, path: "p").settings]
            handOver(configuration)
        } catch {
            explain(error)
        }
    }

    private static func handOver(_ configuration: Configuration) {
        let handed = configuration.encoded(includingSecret: true)
        guard let again = try? Configuration(decoding: handed) else {
            preconditionFailure("a child cannot read what the supervisor validated")
        }
        precondition(again.encoded(includingSecret: true) == handed)
    }

    private static func explain(_ error: ConfigurationError) {
        precondition(!error.problems.isEmpty, "refused without a reason")
        for problem in error.problems { _ = problem.description }
    }
}
