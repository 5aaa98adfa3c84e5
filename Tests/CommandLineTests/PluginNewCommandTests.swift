// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What `tally plugin new` writes must build, pass its tests and load, as it is.
@Suite struct PluginNewCommandTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    @Test func writesAPluginInC() throws {
        let command = try TallyCommand(
            ["plugin", "new", "my-filter", "--language", "c"],
            folder: folder
        )
        #expect(command.status == 0, "\(command.errors)")
        #expect(command.output.contains("tally plugin check my-filter.yaml"))
        try expectSuccess(of: ["make", "CFLAGS=-O0 -Werror"], in: "my-filter")
        try expectSuccess(of: ["make", "test"], in: "my-filter")
        try expectThatTallyTakes("my-filter/my-filter.yaml")
    }

    /// Takes as long as SwiftPM takes for a package of some fifty files.
    @Test func writesAPluginInSwift() throws {
        let command = try TallyCommand(
            ["plugin", "new", "my-filter", "--language", "swift", "--json"],
            folder: folder
        )
        #expect(command.status == 0, "\(command.errors)")
        #expect(command.output.contains(#""manifest":"my-filter/my-filter.yaml""#))
        try expectSuccess(of: ["swift", "test"], in: "my-filter")
        try expectSuccess(of: ["swift", "build", "--product", "my-filter"], in: "my-filter")
        // The manifest names the release build, which would take as long again.
        let manifest = folder.url.appending(path: "my-filter/my-filter.yaml")
        let text = try String(contentsOf: manifest, encoding: .utf8)
        #expect(text.contains(".build/release/libmy-filter.so"))
        try Data(text.replacing(".build/release/", with: ".build/debug/").utf8).write(to: manifest)
        try expectThatTallyTakes("my-filter/my-filter.yaml")
        try expectThatTallyServes(with: "my-filter/my-filter.yaml")
    }

    /// Beside two bundled plugins, one of them in Swift, too: three runtimes in one worker.
    private func expectThatTallyServes(with manifest: String) throws {
        let products = TallyCommand.binary.deletingLastPathComponent().path()
        try folder.write("awful\n", to: "words")
        for (name, settings) in [
            ("word-filter", "{exempt_moderators: false, lists: [{file: words, action: reject}]}"),
            ("example-c", "{}"),
        ] {
            try folder.write(
                "name: \(name)\nlibrary: \(products)lib\(name).so\nsettings: \(settings)\n",
                to: "\(name).yaml"
            )
        }
        let server = try RunningServer(
            folder: folder,
            manifest: "plugins: [word-filter.yaml, \(manifest), example-c.yaml]\n"
        )
        #expect(try server.run("stream", "start", "show").status == 0)
        #expect(try server.run("say", "show", "all is well", "--user", "ana").status == 0)
        let refusals = [
            ("AWFUL", "not in these words"), ("a spoiler", "not that word"), ("!hello", "greeted"),
        ]
        for (text, reason) in refusals {
            let refused = try server.run("say", "show", text, "--user", "ana")
            #expect(refused.status == 1 && refused.errors.contains(reason), "\(refused.errors)")
        }
        let list = try server.run("plugin", "list")
        #expect(list.output.contains("word-filter") && list.output.contains("my-filter"))
        #expect(try server.processes().allSatisfy { $0.restarts == 0 })
        #expect(try server.terminate() == 0)
    }

    private func expectThatTallyTakes(_ manifest: String) throws {
        let check = try TallyCommand(["plugin", "check", manifest], folder: folder)
        #expect(check.status == 0, "\(check.output)\(check.errors)")
    }

    private func expectSuccess(of command: [String], in path: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = folder.url.appending(path: path)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let said = String(decoding: text.suffix(4_000), as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(command): \(said)")
    }

    @Test func leavesAloneWhatIsThere() throws {
        try folder.write("mine", to: "taken")
        let command = try TallyCommand(
            ["plugin", "new", "taken", "--language", "c"],
            folder: folder
        )
        #expect(command.status == 73)
        #expect(command.errors.contains("is there already"))
        let file = folder.url.appending(path: "taken")
        #expect(try String(contentsOf: file, encoding: .utf8) == "mine")
    }

    @Test(arguments: [
        (["../x", "--language", "c"], "cannot be in a plugin's name"),
        (["2x", "--language", "c"], "starts with a letter"),
        (["tally", "--language", "swift"], "Tally's own"),
        (["x", "--language", "pascal"], "'swift' and 'c'"),
        (["x", "--language", "c", "--tally", "/"], "plugins in Swift"),
        (["x", "--language", "swift", "--tally", "/nowhere"], "no Package.swift"),
        (["x"], "--language"),
    ])
    func refusesWhatMakesNoSense(arguments: [String], message: String) throws {
        let command = try TallyCommand(["plugin", "new"] + arguments, folder: folder)
        #expect(command.status == 64)
        #expect(command.errors.contains(message), "\(command.errors)")
        #expect(!folder.contains("x"))
    }
}
