// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Foundation
import Hooks
import JSON
import Reactor
import StatusPage
import Testing

/// A plugin that kills workers under load: who notices, and how it ends.
@Suite(.serialized) struct PluginContainmentTests {
    private let folder = NSTemporaryDirectory() + "tally-" + UUID().uuidString.prefix(8)

    /// Three workers with the plugin that does what it is told.
    private func server(_ plugin: String = "") throws -> TallyServer {
        let library = TallyServer.binary.deletingLastPathComponent()
            .appendingPathComponent("libcrash-test.so").path
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try write(plugin: "name: crash-test\nlibrary: \(library)\nstop_timeout: 1s\n" + plugin)
        return try TallyServer(
            manifest: """
                plugins: [crash-test.yaml]
                supervisor:
                  heartbeat_timeout: 2s

                """,
            folder: folder
        )
    }

    private func write(plugin: String) throws {
        try plugin.write(
            toFile: folder + "/crash-test.yaml",
            atomically: true,
            encoding: .utf8
        )
    }

    private func plugin() throws -> PluginStatus {
        try #require(try PluginReader.read(folder: folder).first)
    }

    private func disconnections(of viewer: Viewer) -> Int {
        viewer.script.events.count { event in
            if case .disconnected = event { true } else { false }
        }
    }

    /// Has somebody say what kills the worker that they are on.
    ///
    /// - Returns: the node that died.
    private func strike(
        _ word: String,
        _ server: TallyServer,
        on loop: EventLoop
    ) throws -> String {
        let before = try plugin().entry.deaths
        let culprit = try Viewer(server, on: loop, token: try server.token(user: "mallory"))
        culprit.script.client.request(
            .rpc(
                method: "comment.send",
                data: Array(#"{"stream":"show","text":"!\#(word)"}"#.utf8)
            )
        ) { _ in }
        try culprit.wait(for: "the end of its worker") {
            (try? plugin().entry.deaths) ?? 0 > before
        }
        culprit.script.client.stop()
        return culprit.node
    }

    @Test(arguments: [("null", "crash_test_null"), ("loop", "crash_test_loop")])
    func othersNoticeNothingAndTheThirdDeathEndsIt(word: String, function: String) throws {
        let server = try server()
        let loop = try EventLoop()
        let studio = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "host", [.subscribe, .publish, .control, .moderate])
        )
        try studio.call("live.start", #"{"stream":"show"}"#)
        var viewers: [Viewer] = []
        for _ in 0..<12 { viewers.append(try Viewer(server, on: loop, watching: "show")) }

        var said: [String] = []
        func say(_ count: Int) throws {
            for _ in 0..<count {
                said.append("c\(said.count)")
                try studio.sayWhateverDies(said.last ?? "", in: "show")
            }
        }
        try say(5)
        let node = try strike(word, server, on: loop)
        let elsewhere = viewers.filter { $0.node != node }
        #expect(elsewhere.count < 12 || studio.node == node || !elsewhere.isEmpty)
        #expect(elsewhere.allSatisfy { disconnections(of: $0) == 0 })
        try say(5)
        _ = try strike(word, server, on: loop)
        try say(5)
        _ = try strike(word, server, on: loop)
        try say(5)

        let entry = try plugin().entry
        #expect(entry.state == .quarantined && entry.deaths == 3)
        #expect(entry.lastDeath?.activity == .hook(.comment))
        #expect(entry.lastDeath?.function == function)
        try server.wait(for: "workers without it") { status in
            (try? plugin().instances) == 0 && status.retiring.isEmpty
        }
        // Nobody answers for it but its manifest: what killed is a comment as any other.
        said.append("!" + word)
        try studio.sayWhateverDies("!" + word, in: "show")
        for viewer in viewers {
            try viewer.wait(for: "every comment") {
                viewer.comments(in: "show").count >= said.count
            }
            #expect(viewer.comments(in: "show") == said, "once, in order, none lost")
        }
        let released = try server.run(["plugin", "release", "crash-test", "--data", folder])
        #expect(released.status == 0, "\(released.errors)")
        #expect(try plugin().entry.state == .active)
        #expect(try plugin().instances == 3)
        try say(1)
    }

    @Test func aManifestMayRejectInItsPlace() throws {
        let server = try server("when_quarantined: reject\nquarantine:\n  deaths: 1\n")
        let loop = try EventLoop()
        let studio = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "host", [.subscribe, .publish, .control])
        )
        try studio.call("live.start", #"{"stream":"show"}"#)
        try studio.say("hello", in: "show")
        _ = try strike("abort", server, on: loop)
        try server.wait(for: "workers without it") { status in
            (try? plugin().instances) == 0 && status.retiring.isEmpty
        }
        #expect(try plugin().entry.state == .quarantined)
        // The studio's own connection went with its worker and may still be on its way back.
        let fan = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "fan", [.subscribe, .publish])
        )
        let refusal = #expect(throws: (any Error).self) { try fan.say("hello", in: "show") }
        #expect("\(refusal.map { "\($0)" } ?? "")".contains("405"))
    }

    @Test func oneThatCannotBeMadeIsRefusedBeforeAnythingIsReplaced() throws {
        let server = try server()
        let old = try server.status().processes.map(\.pid)
        let library = TallyServer.binary.deletingLastPathComponent()
            .appendingPathComponent("libcrash-test.so").path
        try write(
            plugin:
                "name: crash-test\nlibrary: \(library)\nstop_timeout: 1s\nsettings:\n  create: \"null\"\n"
        )
        let result = try server.run(["reload", "--data", folder])
        #expect(result.status == 78, "\(result.errors)")
        #expect(result.errors.contains("crash-test"))
        #expect(try server.status().processes.map(\.pid) == old)
        #expect(try plugin().instances == 3)
        #expect(try plugin().entry.deaths == 0)
    }
}
