// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Whatever is wrong with a plugin is a message with its manifest's line, and nothing else.
@Suite struct PluginCheckTests {
    private let folder: TestFolder
    private let library: String

    init() throws {
        folder = try TestFolder()
        library = try ScriptedPlugin.path()
    }

    private func manifest(_ more: String = "", library: String? = nil) throws {
        try folder.write(
            "name: scripted\nlibrary: \(library ?? self.library)\n\(more)",
            to: "p.yaml"
        )
    }

    private func check(_ arguments: String...) throws -> TallyCommand {
        try TallyCommand(["plugin", "check", "p.yaml"] + arguments, folder: folder)
    }

    @Test func saysWhatAPluginIs() throws {
        try manifest("settings: {words: [aa, bb]}\n")
        let command = try check()
        #expect(command.status == 0)
        #expect(command.lines.first == "scripted 1.2.3: Does what a test asks for.")
        #expect(command.output.contains("hooks      connect, comment, publish, rpc, http"))
        #expect(command.output.contains(#"settings   {"words":["aa","bb"]}"#))
        #expect(command.lines.last == "It is well.")
        #expect(!folder.contains("data"))
    }

    @Test func saysItForPrograms() throws {
        try manifest()
        #expect(try check("--json").output.contains(#""ok":true"#))
        try manifest("settings: {limit: 0}\n")
        let command = try check("--json")
        #expect(command.status == 78)
        #expect(command.output.contains(#""ok":false"#))
        #expect(command.output.contains(#""problems":["p.yaml:3:19: scripted: settings/limit: "#))
    }

    @Test(arguments: [
        ("settings: {words: [a]}", "p.yaml:3:20: scripted: settings/words/0: "),
        ("hooks: [subscribe]", "p.yaml:3:8: scripted: the library has no hook subscribe"),
        ("settings: {fail: nope}", "p.yaml:3:11: scripted: create failed: nope"),
        ("settings: {fail_self_test: no}", "p.yaml:2:10: scripted: self_test answered 3: no"),
        ("settings: {crash: true}", "p.yaml:2:10: scripted: its check ended by signal SIGABRT"),
        ("order: first", "p.yaml:3:8: order: expected a whole number from -1000 to 1000"),
    ])
    func locatesWhatIsWrong(_ line: String, _ problem: String) throws {
        try manifest(line + "\n")
        let command = try check()
        #expect(command.status == 78)
        #expect(command.errors.contains(problem), "\(command.errors)")
    }

    @Test func namesAMissingLibraryAndManifest() throws {
        try manifest(library: "none.so")
        let command = try check()
        #expect(command.status == 78)
        #expect(command.errors.contains("p.yaml:2:10: scripted: there is no file /"))
        let missing = try TallyCommand("plugin", "check", "q.yaml", folder: folder)
        #expect(missing.status == 78)
        #expect(missing.errors.contains("q.yaml"))
    }

    @Test func endsAPluginThatHangs() throws {
        try manifest("settings: {hang: true}\n")
        let command = try check("--timeout", "3s")
        #expect(command.status == 78)
        #expect(
            command.errors.contains(
                "p.yaml:2:10: scripted: its check did not end within 3s while it was loading"
            )
        )
    }

    @Test func aPluginThatDoesNotEndInItsTimeIsEnded() throws {
        try manifest("stop_timeout: 50ms\nsettings: {hang_at_end: true}\n")
        let command = try check()
        #expect(command.status == 78)
        #expect(
            command.errors.contains(
                "scripted: its check ended by signal SIGALRM while it was ending"
            )
        )
    }

    // MARK: Serving

    @Test func servesNothingWithAPluginThatCannotRun() throws {
        try manifest("settings: {fail: nope}\n")
        try folder.write("workers: 1\nlisten: 127.0.0.1:0\nplugins:\n  - p.yaml\n", to: "t.yaml")
        for arguments in [
            ["serve", "--config", "t.yaml"], ["serve", "--config", "t.yaml", "--check"],
        ] {
            let command = try TallyCommand(arguments, folder: folder)
            #expect(command.status == 78)
            #expect(command.errors.contains("p.yaml:3:11: scripted: create failed: nope"))
            #expect(!folder.contains("data"))
        }
        try folder.write("plugins:\n  - p.yaml\n  - q.yaml\n", to: "t.yaml")
        let missing = try TallyCommand("serve", "--config", "t.yaml", "--check", folder: folder)
        #expect(missing.errors.contains("t.yaml:3:5: plugins: cannot read the manifest q.yaml"))
    }

    /// Each is counted under its own name, and both are there in every worker.
    @Test func loadsWhatTheManifestNames() throws {
        let folder = try TestFolder()
        let other = try ScriptedPlugin.path(#"-DNAME="other""#)
        try folder.write("name: scripted\nlibrary: \(library)\n", to: "p.yaml")
        try folder.write("name: other\nlibrary: \(other)\norder: -1\n", to: "q.yaml")
        let server = try RunningServer(
            workers: 2,
            folder: folder,
            manifest: "plugins: [p.yaml, q.yaml]\n"
        )
        let list = try server.run("plugin", "list", "--json")
        for name in ["scripted", "other"] {
            #expect(
                list.output.contains(
                    #""name":"\#(name)","version":"1.2.3","state":"active","workers":2"#
                ),
                "\(list.output)"
            )
        }
        #expect(try server.terminate() == 0)
    }

    @Test func aReloadWithAPluginThatCannotRunTouchesNoWorker() throws {
        let server = try RunningServer(workers: 1, manifest: "plugins: []\n")
        let before = try server.processes()
        for (settings, problem) in [
            ("{fail: nope}", "p.yaml:3:11: scripted: create failed: nope"),
            ("{crash: true}", "p.yaml:2:10: scripted: its check ended by signal SIGABRT"),
            ("{limit: 0}", "p.yaml:3:19: scripted: settings/limit"),
        ] {
            try server.folder.write(
                "name: scripted\nlibrary: \(library)\nsettings: \(settings)\n",
                to: "p.yaml"
            )
            try server.folder.write("plugins: [p.yaml]\n", to: "tally.yaml")
            let reload = try server.run("reload")
            #expect(reload.status == 78)
            #expect((reload.output + reload.errors).contains(problem), "\(reload.errors)")
        }
        #expect(try server.processes().map(\.pid) == before.map(\.pid))
        #expect(try server.processes().allSatisfy { $0.restarts == 0 })
    }
}
