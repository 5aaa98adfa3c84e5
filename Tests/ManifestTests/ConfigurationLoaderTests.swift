// SPDX-License-Identifier: Apache-2.0

import Manifest
import Testing

@Suite struct ConfigurationLoaderTests {
    private func load(
        _ text: String? = nil,
        environment: [String: String] = [:],
        flags: [ConfigurationLoader.Flag] = []
    ) throws(ConfigurationError) -> Configuration {
        try ConfigurationLoader.load(
            manifest: text.map { .init(text: $0, path: "m.yaml") },
            environment: environment,
            flags: flags
        )
    }

    @Test func isTheDefaultsWithoutAnything() throws {
        #expect(try load() == Configuration())
    }

    @Test func environmentOverridesTheFileAndFlagsOverrideBoth() throws {
        let environment = [
            "TALLY_WORKERS": "2", "TALLY_LISTEN": "127.0.0.1:1,[::1]:2",
            "TALLY_CLIENT_PING_INTERVAL": "20s",
        ]
        let configuration = try load(
            "workers: 1\nhttp: {close_timeout: 3s}\n",
            environment: environment,
            flags: [.init(name: "--workers", key: "workers", values: ["3"])]
        )
        #expect(configuration.workers == 3)
        #expect(configuration.listen.map(\.text) == ["127.0.0.1:1", "[::1]:2"])
        #expect(configuration.client.pingInterval == .seconds(20))
        #expect(configuration.http.closeTimeout == .seconds(3))
    }

    @Test func namesTheSourceOfEachProblem() {
        let error = #expect(throws: ConfigurationError.self) {
            try load(
                "workers: x",
                environment: ["TALLY_LOG_LEVEL": "loud"],
                flags: [.init(name: "--listen", key: "listen", values: ["here"])]
            )
        }
        let starts = error?.problems.map { $0.description.prefix(35) }
        #expect(
            starts == [
                "m.yaml:1:10: workers: expected a wh", "environment variable TALLY_LOG_LEVE",
                "--listen: expected ADDRESS:PORT suc",
            ]
        )
    }

    @Test func locatesValuesThatDoNotGoTogether() {
        let error = #expect(throws: ConfigurationError.self) {
            try load("client:\n  ping_interval: 5s\n  pong_timeout: 5s\n")
        }
        #expect(
            error?.description
                == "m.yaml:3:17: client.pong_timeout: must be shorter than client.ping_interval"
        )
    }

    @Test func refusesALinkThatCannotCarryWhatIsAllowed() {
        #expect(throws: ConfigurationError.self) { try load("hub: {maximum_unsent: 15MiB}") }
        #expect(throws: ConfigurationError.self) {
            try load("client: {maximum_message_size: 9MiB, maximum_unsent: 16MiB}")
        }
        #expect(throws: Never.self) {
            try load("client: {maximum_message_size: 8MiB, maximum_unsent: 16MiB}")
        }
    }

    @Test func refusesAListThatNoClientCouldTake() {
        #expect(throws: Never.self) { try load("live: {maximum_list_limit: 193}") }
        #expect(throws: ConfigurationError.self) { try load("live: {maximum_list_limit: 194}") }
    }

    @Test func refusesAnEmptyOrRepeatedListenAddress() {
        #expect(throws: ConfigurationError.self) { try load("listen: []") }
        #expect(throws: ConfigurationError.self) {
            try load("listen: [127.0.0.1:80, 127.0.0.1:80]")
        }
        #expect(throws: Never.self) { try load("listen: [127.0.0.1:0, 127.0.0.1:0]") }
    }

    @Test func findsMisspeltVariables() {
        let environment = [
            "TALLY_WORKER": "1", "TALLY_WORKERS": "1", "TALLY_TOKEN": "t", "PATH": "",
        ]
        #expect(ConfigurationLoader.unknownVariables(in: environment) == ["TALLY_WORKER"])
    }
}
