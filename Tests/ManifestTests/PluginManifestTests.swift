// SPDX-License-Identifier: Apache-2.0

import Hooks
import Manifest
import TestSupport
import Testing

/// A plugin's manifest says what it means, or where it is wrong.
@Suite struct PluginManifestTests {
    private let least = "name: word-filter\nlibrary: libword-filter.so\n"

    private func read(_ text: String) throws -> PluginSettings {
        try ManifestReader.readPlugin(text, path: "p.yaml").settings
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try ManifestReader.readPlugin(text, path: "p.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func needsOnlyNameAndLibrary() throws {
        var expected = PluginSettings()
        expected.name = "word-filter"
        expected.library = "libword-filter.so"
        expected.manifest = "p.yaml"
        #expect(try read(least) == expected)
        #expect(
            problems("abi: 1\n") == [
                "p.yaml:1:1: a plugin's manifest needs \"name: ...\"",
                "p.yaml:1:1: a plugin's manifest needs \"library: ...\"",
            ]
        )
    }

    @Test func takesEveryKey() throws {
        let plugin = try read(
            least + """
                abi: 1
                order: -5
                hooks: [comment, rpc]
                deadlines: {comment: 250ms, started: 5m}
                on_timeout: reject
                on_timeout_of:
                  rpc: allow
                when_quarantined: reject
                quarantine: {deaths: 5, within: 1h}
                stop_timeout: 4s
                slow_call: 10ms
                memory: about 2 MiB
                """
        )
        #expect(plugin.order == -5)
        #expect(plugin.hooks == [.comment, .rpc])
        #expect(plugin.deadlines == [.comment: .milliseconds(250), .started: .seconds(300)])
        #expect(plugin.onTimeout == .reject)
        #expect(plugin.hookOnTimeout == [.rpc: .allow])
        #expect(plugin.whenQuarantined == .reject)
        #expect((plugin.quarantineDeaths, plugin.quarantineWindow) == (5, .seconds(3_600)))
        #expect(plugin.stopTimeout == .seconds(4))
        #expect(plugin.slowCall == .milliseconds(10))
        #expect(plugin.memory == "about 2 MiB")
    }

    @Test(arguments: [
        ("hook: comment", "3:1: unknown key \"hook\"; did you mean \"hooks\"?"),
        ("hooks: [coment]", "3:9: hooks: expected one of all, connect"),
        ("deadlines: {coment: 1s}", "3:13: unknown key \"coment\" in deadlines; did you mean"),
        ("deadlines: {tick: 1s}", "3:13: unknown key \"tick\" in deadlines"),
        ("deadlines: {comment: 0s}", "3:22: deadlines.comment: expected a duration"),
        ("deadlines: {comment: 601s}", "3:22: deadlines.comment: expected a duration"),
        ("on_timeout: maybe", "3:13: on_timeout: expected one of allow, reject"),
        ("on_timeout_of: {started: allow}", "3:17: unknown key \"started\" in on_timeout_of"),
        ("abi: 2", "3:6: abi: expected a whole number from 1 to 1"),
        ("order: 1001", "3:8: order: expected"),
        ("quarantine: {deaths: 0}", "3:22: quarantine.deaths: expected"),
        ("settings: 5", "3:11: settings: expected keys with values"),
        ("settings: {[a]: 1}", "3:12: settings: expected a key's name"),
        ("stop_timeout: 61s", "3:15: stop_timeout: expected"),
        ("library: again.so", "2:1: the same key is there twice: \"library\""),
    ])
    func locatesWhatIsWrong(_ line: String, _ problem: String) {
        let found = problems(least + line + "\n").joined(separator: "\n")
        #expect(found.hasPrefix("p.yaml:" + problem), "\(found)")
    }

    @Test(arguments: ["Word", "1word", "", "word_filter", String(repeating: "a", count: 33)])
    func refusesANameThatIsNone(_ name: String) {
        #expect(problems("name: \"\(name)\"\nlibrary: x\n").count == 1)
    }

    // MARK: Settings

    private func settings(_ yaml: String) throws -> String {
        String(decoding: try read(least + "settings:\n" + yaml).settings, as: UTF8.self)
    }

    @Test func writesSettingsAsJSONWithoutGuessing() throws {
        #expect(
            try settings(
                """
                  words: [no, yes, 007, 0x1f, 2024-01-01, "5", 5, -1.5e3, true, null, ~, .5]
                  nested: {a: {b: []}}
                  empty:
                """
            )
                == #"{"words":["no","yes","007","0x1f","2024-01-01","5",5,-1.5e3,true,null,null,"#
                + #"".5"],"nested":{"a":{"b":[]}},"empty":null}"#
        )
    }

    @Test func knowsWhereEachSettingStands() throws {
        let manifest = try ManifestReader.readPlugin(
            least + "settings:\n  words:\n    - a\n    - b\n",
            path: "p.yaml"
        )
        #expect(
            manifest.place(of: "settings/words/1") == .file(path: "p.yaml", line: 6, column: 7)
        )
        // What is not there is looked for in what is around it.
        #expect(
            manifest.place(of: "settings/words/9/x") == .file(path: "p.yaml", line: 5, column: 5)
        )
        #expect(manifest.place(of: "hooks") == .file(path: "p.yaml", line: 1, column: 7))
    }

    @Test func limitsTheSizeOfSettings() throws {
        // {"a":"..."} takes 8 bytes more.
        let most = PluginSettings.maximumSettingsByteCount - 8
        #expect(
            try settings("  a: \(String(repeating: "x", count: most))\n").utf8.count == most + 8
        )
        #expect(
            problems(least + "settings: {a: \(String(repeating: "x", count: most + 1))}") == [
                "p.yaml:3:11: settings: larger than 32KiB as JSON"
            ]
        )
    }

    @Test func limitsTheDepthOfSettings() throws {
        let most = PluginSettings.maximumSettingsDepth - 1
        func nested(_ depth: Int) -> String {
            "  a: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try settings(nested(most))
        #expect(problems(least + "settings:\n" + nested(most + 1)).count == 1)
    }

    @Test func anchorsThatMultiplyAreCutOff() {
        var yaml = "settings:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...6 {
            let again = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "  a\(level): &a\(level) [\(again)]\n"
        }
        #expect(problems(least + yaml).count == 1)
    }

    /// Whatever becomes of a file, it is refused with a place, or handed over as it was read.
    @Test func staysWholeUnderMutation() {
        let text =
            least + "hooks: [comment, rpc]\ndeadlines: {rpc: 5s}\nquarantine: {deaths: 2}\n"
            + "settings: {words: [no, 007, 1e3, -0.5], deep: {a: [~, true, {b: \"x\\ty\"}]}}\n"
        var generator = SeededGenerator(seed: 20_261_123)
        for _ in 0..<500 {
            let bytes = Mutation.mutate(Array(text.utf8), using: &generator)
            let mutated = String(decoding: bytes, as: UTF8.self)
            do throws(ConfigurationError) {
                var configuration = Configuration()
                configuration.plugins = [
                    try ManifestReader.readPlugin(mutated, path: "p.yaml").settings
                ]
                let handed = configuration.encoded(includingSecret: true)
                #expect((try? Configuration(decoding: handed)) == configuration)
            } catch {
                #expect(!error.problems.isEmpty)
            }
        }
    }

    // MARK: In the configuration

    private func load(
        _ files: [String: String],
        manifest: String
    ) -> Result<ConfigurationLoader.Loaded, ConfigurationError> {
        Result { () throws(ConfigurationError) in
            try ConfigurationLoader.load(
                manifest: .init(text: manifest, path: "tally.yaml"),
                environment: [:],
                flags: []
            ) { path in
                files[path].map { .success(.init(text: $0, path: path)) }
                    ?? .failure(UnreadableManifest("no \(path)"))
            }
        }
    }

    @Test func readsWhatTheManifestNames() throws {
        let loaded = try load(
            ["a.yaml": "name: a\nlibrary: a.so\n", "b.yaml": "name: b\nlibrary: b.so\n"],
            manifest: "plugins: [a.yaml, b.yaml]\n"
        ).get()
        #expect(loaded.configuration.plugins.map(\.name) == ["a", "b"])
        #expect(loaded.plugins.map(\.settings) == loaded.configuration.plugins)
    }

    @Test func locatesWhatDoesNotGoTogether() {
        let twin = load(
            ["a.yaml": "name: a\nlibrary: a.so\n", "b.yaml": "library: b.so\nname: a\n"],
            manifest: "plugins:\n  - a.yaml\n  - b.yaml\n  - c.yaml\n"
        )
        #expect(
            twin.problems == [
                "b.yaml:2:7: name: a is the name in a.yaml already",
                "tally.yaml:4:5: plugins: no c.yaml",
            ]
        )
        let slow = load(
            ["a.yaml": "name: a\nlibrary: a.so\nstop_timeout: 5s\n"],
            manifest: "plugins: a.yaml\n"
        )
        #expect(
            slow.problems == [
                "a.yaml:3:15: stop_timeout: must be shorter than supervisor.heartbeat_timeout"
            ]
        )
    }

    @Test func limitsTheirNumber() throws {
        let names = (0...PluginSettings.maximumCount).map { "p\($0)" }
        let files = Dictionary(
            uniqueKeysWithValues: names.map { ($0, "name: \($0)\nlibrary: x\n") }
        )
        let most = names.dropLast().joined(separator: ", ")
        #expect(try load(files, manifest: "plugins: [\(most)]").get().plugins.count == 16)
        let over = names.joined(separator: ", ")
        #expect(
            load(files, manifest: "plugins: [\(over)]").problems == [
                "tally.yaml:1:10: plugins: expected at most 16 elements"
            ]
        )
    }

    @Test func workersAreHandedWhatTheHubIsNot() throws {
        var configuration = Configuration()
        configuration.pluginManifests = ["a.yaml"]
        var plugin = try read(least + "hooks: [comment]\nsettings: {a: \"x\\ny\\tz\"}\n")
        plugin.deadlines = [.rpc: .milliseconds(1)]
        plugin.hookOnTimeout = [.rpc: .reject]
        configuration.plugins = [plugin, try read(least)]
        let workers = configuration.encoded(includingSecret: true)
        #expect(try Configuration(decoding: workers) == configuration)
        let hub = try Configuration(decoding: configuration.encoded(includingSecret: false))
        #expect(hub.plugins.isEmpty && hub.pluginManifests.isEmpty)
    }
}

extension Result where Failure == ConfigurationError {
    fileprivate var problems: [String] {
        switch self {
        case .success: []
        case .failure(let error): error.problems.map(\.description)
        }
    }
}
