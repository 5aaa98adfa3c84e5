// SPDX-License-Identifier: Apache-2.0

import Channels
import Manifest
import Testing

@Suite struct ManifestReaderTests {
    private func problems(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try ManifestReader.read(text, path: "tally.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private func read(_ text: String) throws -> Configuration {
        try ManifestReader.read(text, path: "tally.yaml").configuration
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "~\n"])
    func takesAnEmptyFileAsAllDefaults(text: String) throws {
        #expect(try read(text) == Configuration())
    }

    @Test func readsEveryKindOfValue() throws {
        let configuration = try read(
            """
            listen: ["[::1]:0", 127.0.0.1:1]
            workers: 3
            log: {level: debug}
            client:
              ping_interval: 5m
              maximum_unsent: 2MiB
            anonymous:
              connect: false
              allow: [sub, hst]
            """
        )
        #expect(configuration.listen.map(\.text) == ["[::1]:0", "127.0.0.1:1"])
        #expect(configuration.workers == 3)
        #expect(configuration.log.level == .debug)
        #expect(configuration.client.pingInterval == .seconds(300))
        #expect(configuration.client.maximumUnsentByteCount == 2 << 20)
        #expect(!configuration.anonymous.connect)
        #expect(configuration.anonymous.allow == [.subscribe, .history])
    }

    @Test func takesOneScalarAsAListOfOne() throws {
        #expect(try read("listen: 0.0.0.0:80").listen.map(\.text) == ["0.0.0.0:80"])
    }

    @Test func readsChannelRulesInOrder() throws {
        let configuration = try read(
            """
            channels:
              - match: "scores:*"
                retention: latest
                recovery: off
                publish: subscribers
              - match: "room:*"
                presence: true
                join_leave: true
                history_size: 50
                history_lifetime: 1h
            """
        )
        var scores = ChannelRule(pattern: "scores:*")
        scores.retention = .latest
        scores.recovery = .off
        scores.publishing = .subscribers
        var rooms = ChannelRule(pattern: "room:*")
        rooms.hasPresence = true
        rooms.announcesJoinLeave = true
        rooms.historySize = 50
        rooms.historyLifetime = .seconds(3600)
        #expect(configuration.channels == [scores, rooms])
    }

    @Test func locatesAnUnknownKeyAndNamesTheNearest() {
        #expect(
            problems("workers: 2\nclient:\n  ping_intervall: 5s\n") == [
                "tally.yaml:3:3: unknown key \"ping_intervall\" in client; "
                    + "did you mean \"ping_interval\"?"
            ]
        )
        #expect(
            problems("wrokers: 2\n") == [
                "tally.yaml:1:1: unknown key \"wrokers\"; did you mean \"workers\"?"
            ]
        )
    }

    @Test func namesTheGroupOfAKeyWrittenOutsideIt() {
        #expect(
            problems("ping_interval: 5s") == [
                "tally.yaml:1:1: unknown key \"ping_interval\"; "
                    + "did you mean \"client.ping_interval\", which is written under its group?"
            ]
        )
    }

    @Test func locatesAWrongType() {
        #expect(
            problems("workers: many\nlog: 3\nclient: {ping_interval: [5s]}\nlisten: {a: b}\n") == [
                "tally.yaml:1:10: workers: expected a whole number from 0 to 256, found \"many\"",
                "tally.yaml:2:6: log: expected keys with values",
                "tally.yaml:3:25: client.ping_interval: expected a duration such as 500ms, 30s, "
                    + "5m or 1h, from 1s to 1h, found a list",
                "tally.yaml:4:9: listen: expected a list, each ADDRESS:PORT such as "
                    + "127.0.0.1:8000 or [::1]:8000, NAME:PORT or unix:PATH, each with tls, "
                    + "proxy_protocol and, for unix, mode=0660 behind it as wanted, "
                    + "found keys with values",
            ]
        )
    }

    @Test func locatesTheElementOfAList() {
        #expect(
            problems("anonymous:\n  allow:\n    - sub\n    - everything\n") == [
                "tally.yaml:4:7: anonymous.allow: expected one of sub, pub, hst, prs, ctl, mod, "
                    + "found \"everything\""
            ]
        )
    }

    @Test(arguments: ["workers: 257", "workers: -1", "workers: 99999999999999999999", "workers:"])
    func refusesWhatIsOutOfRange(text: String) {
        #expect(problems(text).count == 1)
    }

    @Test func takesTheEndsOfARange() throws {
        #expect(try read("workers: 0").workers == 0)
        #expect(try read("workers: 256").workers == 256)
    }

    @Test func findsEveryProblemInTheOrderOfTheFile() {
        let found = problems(
            """
            worker: 1
            http:
              header_timeout: soon
            channels:
              - retention: log
              - match: "x y"
                history: 5
            """
        )
        #expect(found.map { $0.prefix(15) }.count == 5)
        #expect(found[0].hasPrefix("tally.yaml:1:1: "))
        #expect(found[1].hasPrefix("tally.yaml:3:19: "))
        #expect(found[2].hasPrefix("tally.yaml:5:5: a rule needs \"match: PATTERN\""))
        #expect(found[3].hasPrefix("tally.yaml:6:12: "))
        #expect(found[4].hasPrefix("tally.yaml:7:5: unknown key \"history\""))
    }

    @Test func locatesWhatIsNotYAML() {
        #expect(problems("a: [1\nb: 2")[0].hasPrefix("tally.yaml:2:"))
        #expect(problems("log:\n\tlevel: info")[0].hasPrefix("tally.yaml:2:1: not YAML"))
        #expect(problems("workers: 1\nworkers: 2")[0].contains("twice: \"workers\""))
        #expect(problems("a: \u{1}")[0].hasPrefix("tally.yaml:1:4: not YAML"))
        #expect(problems("- a\n- b")[0].hasPrefix("tally.yaml:1:1: expected keys"))
        #expect(problems("a: 1\n---\nb: 2").count == 1)
        #expect(problems("a: *nowhere").count == 1)
    }

    @Test func refusesDeepNestingWithoutACrash() {
        #expect(problems("a: " + String(repeating: "[", count: 200_000)).count == 1)
        #expect(problems(String(repeating: "- ", count: 200_000)).count == 1)
    }

    @Test func refusesAFileBeyondItsLimit() throws {
        let limit = ManifestReader.maximumByteCount
        let fits = "#" + String(repeating: "x", count: limit - 1)
        #expect(try read(fits) == Configuration())
        #expect(problems(fits + "x") == ["tally.yaml: larger than 1MiB"])
    }

    @Test func refusesTooManyRules() {
        let rules = { (count: Int) in
            "channels:\n" + String(repeating: "- match: a\n", count: count)
        }
        #expect(problems(rules(1_000)).isEmpty)
        #expect(problems(rules(1_001)).count == 1)
    }
}
