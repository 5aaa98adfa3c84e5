// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Manifest

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve, in the foreground, until TERM or Ctrl-C.",
        discussion: """
              tally serve --demo
              tally serve --config tally.yaml --listen 0.0.0.0:8000 --data /var/lib/tally
              tally serve --config tally.yaml --check

            Manifests/tally.yaml in the source shows every key with its unit, default and reason. \
            A key is overridden by a variable, TALLY_ and the key in capitals with dots as \
            underscores (TALLY_CLIENT_PING_INTERVAL=10s, lists with commas), and both by a flag \
            here. TALLY_CONFIG names a manifest, TALLY_TOKEN_SECRET holds the secret that signs \
            tokens.

            The log goes to standard error. TERM or Ctrl-C drains: nothing new is accepted, \
            clients are sent away to reconnect, and the status is 0; a second one ends at once. \
            HUP reloads the manifest (tally reload), USR2 upgrades (tally upgrade).
            """
    )

    @Option(help: ArgumentHelp("The manifest; without one, every default.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Where to accept clients; repeatable. Port 0: any free one.",
            valueName: "address:port"
        )
    )
    var listen: [String] = []

    @Option(
        help: ArgumentHelp("Worker processes; 0: one per processor core.", valueName: "count")
    )
    var workers: String?

    @Option(help: ArgumentHelp("The data folder.", valueName: "dir"))
    var data: String?

    @Flag(help: "For trying out: anyone may watch, and pages from this machine get tokens.")
    var demo = false

    @Flag(help: "Only say whether the configuration is right; start nothing.")
    var check = false

    /// A newer program asks itself, before it takes over, and takes over, by these.
    @Option(help: .hidden)
    var probe: Int32?

    @Option(help: .hidden)
    var resume: Int32?

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let request = request(environment)
        if let probe { Serving.probe(probe, request) }
        if let resume { try Serving.resume(resume, request) }
        var configuration = try request.checkedConfiguration()
        for name in ConfigurationLoader.unknownVariables(in: environment) {
            Console.complain(
                "tally: warning: the environment variable \(name) means nothing to Tally"
            )
        }
        if check {
            try Serving.check(configuration, environment)
            return Console.complain("The configuration is right.")
        }
        if demo { DemoNotice.show() }
        configuration.tokens.secret = try ServerSecret.find(configuration, environment)
        try Serving.run(configuration, request)
    }

    private func request(_ environment: [String: String]) -> ServeRequest {
        var flags: [ConfigurationLoader.Flag] = []
        if !listen.isEmpty { flags.append(.init(name: "--listen", key: "listen", values: listen)) }
        if let workers { flags.append(.init(name: "--workers", key: "workers", values: [workers])) }
        if let data { flags.append(.init(name: "--data", key: "data", values: [data])) }
        return ServeRequest(
            manifest: config,
            flags: flags,
            isDemo: demo,
            environment: environment
        )
    }
}
