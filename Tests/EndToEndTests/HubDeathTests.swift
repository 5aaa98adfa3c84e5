// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import ClientProtocol
import Foundation
import JSON
import Reactor
import StatusPage
import Testing

/// What was acknowledged survives the death of every process.
@Suite(.serialized) struct HubDeathTests {
    @Test func acknowledgedCommentsSurviveAKilledHub() throws {
        let server = try TallyServer(manifest: Self.manifest)
        let loop = try EventLoop()
        let studio = try host(server, on: loop)
        let viewer = try Viewer(server, on: loop, watching: "show")
        try studio.call("live.start", #"{"stream":"show","title":"T","keep":true}"#)
        var ids: [String] = []
        for round in 0..<6 {
            let victim = try server.pid(of: .hub)
            for comment in 0..<5 {
                let reply = try studio.say("c\(round)-\(comment)", in: "show")
                ids.append(try #require(reply["id"]?.string))
                // In the middle of a round, so that some are asked while there is no hub.
                if comment == 2 { kill(victim, SIGKILL) }
            }
        }
        let expected = (0..<6).flatMap { round in (0..<5).map { "c\(round)-\($0)" } }
        try viewer.wait(for: "all comments, once") { viewer.comments(in: "show") == expected }
        // One epoch throughout: the ids are positions of it.
        #expect(Set(ids.map { $0.prefix(while: { $0 != "-" }) }).count == 1)
        #expect(Set(ids).count == ids.count)
        try expectHistory(of: studio, ids)
        // Beside the hub that writes.
        for command in [["check"], ["export", "show", "--format", "webvtt"]] {
            let result = try server.run(["journal"] + command + ["--data", server.folder])
            #expect(result.status == 0, "\(result.errors)")
        }
        let missing = try server.run(["journal", "export", "none", "--data", server.folder])
        #expect(missing.status != 0 && missing.errors.contains("none"))
        let snapshot = try studio.call("live.get", #"{"stream":"show"}"#)
        #expect(snapshot["state"]?.string == "live")
        #expect(snapshot["generation"]?.integer == 1)
    }

    @Test func mutesAndDeletionsSurviveAKilledHub() throws {
        let server = try TallyServer(manifest: Self.manifest)
        let loop = try EventLoop()
        let studio = try host(server, on: loop)
        try studio.call("live.start", #"{"stream":"show","keep":true}"#)
        let reply = try studio.say("unspeakable", in: "show")
        let id = try #require(reply["id"]?.string)
        try studio.call("comment.delete", #"{"stream":"show","id":"\#(id)"}"#)
        try studio.call("user.ban", #"{"stream":"show","user":"troll"}"#)
        kill(try server.pid(of: .hub), SIGKILL)
        let troll = try Viewer(server, on: loop, token: try server.token(user: "troll"))
        let error = #expect(throws: ScriptedClient.StepError.self) {
            try troll.say("boo", in: "show")
        }
        guard case .refused(.refused(let refusal)) = error else {
            Issue.record("not refused: \(String(describing: error))")
            return
        }
        #expect(refusal.code == 403)
        let history = try host(server, on: loop).history(of: "show")
        #expect(history.contains { $0["deleted"]?.bool == true })
        #expect(!history.contains { $0["text"]?.string == "unspeakable" })
    }

    @Test func acknowledgedCommentsSurviveAKilledSupervisor() throws {
        var ids: [String] = []
        let first = try TallyServer(manifest: Self.manifest)
        do {
            let loop = try EventLoop()
            let studio = try host(first, on: loop)
            try studio.call("live.start", #"{"stream":"show","keep":true}"#)
            for comment in 0..<5 {
                let reply = try studio.say("c\(comment)", in: "show")
                ids.append(try #require(reply["id"]?.string))
            }
        }
        #expect(first.end(by: SIGKILL) == -SIGKILL)
        let second = try TallyServer(manifest: Self.manifest, folder: first.folder)
        let loop = try EventLoop()
        let studio = try host(second, on: loop)
        try expectHistory(of: studio, ids)
    }

    @Test func aFullDiskRefusesAndRecoversByItself() throws {
        let server = try TallyServer(manifest: Self.manifest)
        let loop = try EventLoop()
        let studio = try host(server, on: loop)
        let viewer = try Viewer(server, on: loop, watching: "show")
        try studio.call("live.start", #"{"stream":"show","keep":true}"#)
        var ids: [String] = []
        func say(_ text: String) throws {
            ids.append(try #require(try studio.say(text, in: "show")["id"]?.string))
        }
        try say("before")
        let hub = try server.pid(of: .hub)
        // As if the disk were full: the hub may not write to any file.
        try setFileSizeLimit(of: hub, to: "0")
        let error = #expect(throws: ScriptedClient.StepError.self) {
            try studio.say("refused", in: "show")
        }
        guard case .refused(.refused(let refusal)) = error else {
            Issue.record("not refused: \(String(describing: error))")
            return
        }
        #expect(refusal.code == 108)
        #expect((refusal.retryAfterMilliseconds ?? 0) > 0)
        #expect(try studio.history(of: "show").count == 2)

        try setFileSizeLimit(of: hub, to: "unlimited")
        let deadline = MonotonicTime.now() + Viewer.patience
        while true {
            do {
                try say("after")
                break
            } catch ScriptedClient.StepError.refused {
                try #require(MonotonicTime.now() < deadline, "the hub did not recover")
                // The client was told to try again later, and does.
                usleep(100_000)
            }
        }
        try viewer.wait(for: "the comments") {
            viewer.comments(in: "show") == ["before", "after"]
        }
        try expectHistory(of: studio, ids)
        #expect(try server.pid(of: .hub) == hub)
    }

    @Test func aHubThatHangsBeforeItServesIsReplacedAfterTheTimeOfTheManifest() throws {
        let server = try TallyServer(
            workers: 1,
            manifest: "supervisor:\n  start_timeout: 1s\n  heartbeat_timeout: 60s\n"
        )
        let hung = try stopANewHub(of: server)
        try server.wait(for: "another hub") { status in
            status.processes.contains {
                $0.identity.role == .hub && $0.phase == .serving && Int32($0.pid) != hung
            }
        }
        #expect(!TallyServer.isAlive(hung))
    }

    /// Kills hubs until it has stopped one that did not serve yet.
    private func stopANewHub(of server: TallyServer) throws -> Int32 {
        let deadline = MonotonicTime.now() + Viewer.patience
        var old = try server.pid(of: .hub)
        kill(old, SIGKILL)
        while MonotonicTime.now() < deadline {
            guard let hub = try? server.pid(of: .hub), hub > 0, hub != old else { continue }
            kill(hub, SIGSTOP)
            let phase = try server.status().processes.first { $0.identity.role == .hub }?.phase
            if phase == .starting || phase == .down { return hub }
            old = hub
            kill(old, SIGKILL)
        }
        throw TallyServer.Failure("no hub was slow enough to be stopped")
    }

    @Test func aJournalThatIsNoneIsNamedAndLeftAlone() throws {
        let server = try TallyServer()
        #expect(server.end(by: SIGTERM) == 0)
        let path = server.folder + "/journal.db"
        try Data("not a journal".utf8).write(to: URL(filePath: path))
        let result = try server.run([
            "serve", "--listen", "127.0.0.1:0", "--workers", "1", "--data", server.folder,
        ])
        #expect(result.status == 65)
        #expect(result.errors.contains(path))
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("not a journal".utf8))
    }

    /// One person says much in these tests.
    private static let manifest = "comments:\n  rate: 1000\n"

    private static let all: Permissions = [.subscribe, .publish, .history, .control, .moderate]

    /// The soft limit alone, so that it can be lifted again; the C library's call for it cannot be
    /// imported.
    private func setFileSizeLimit(of pid: Int32, to limit: String) throws {
        let process = try Process.run(
            URL(filePath: "/usr/bin/prlimit"),
            arguments: ["--pid", "\(pid)", "--fsize=\(limit):unlimited"]
        )
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private func host(_ server: TallyServer, on loop: EventLoop) throws -> Viewer {
        try Viewer(server, on: loop, token: try server.token(user: "host", Self.all))
    }

    private func expectHistory(of viewer: Viewer, _ ids: [String]) throws {
        let history = try viewer.history(of: "show")
        #expect(history.filter { $0["type"]?.string == "comment" }.map { $0["id"]?.string } == ids)
    }
}

extension Viewer {
    /// The data of every event in the stream's history.
    func history(of stream: String) throws -> [JSONValue] {
        let reply = try script.call(
            .history(channel: "live:" + stream, limit: -1),
            within: Self.patience
        )
        let publications = try #require(reply["publications"]?.elements)
        return publications.compactMap { $0["data"] }
    }
}
