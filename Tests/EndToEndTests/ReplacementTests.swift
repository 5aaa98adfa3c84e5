// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Foundation
import JSON
import Reactor
import StatusPage
import Testing

/// Reload and upgrade replace every process, and no client notices.
@Suite(.serialized) struct ReplacementTests {
    @Test(arguments: [SIGHUP, SIGUSR2])
    func clientsNoticeNothingWhenEveryWorkerIsReplaced(signal: Int32) throws {
        let server = try TallyServer(manifest: TallyServer.talkative)
        let loop = try EventLoop()
        let studio = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "host", [.subscribe, .publish, .control, .moderate])
        )
        try studio.call("live.start", #"{"stream":"show"}"#)
        var viewers: [Viewer] = []
        for _ in 0..<12 { viewers.append(try Viewer(server, on: loop, watching: "show")) }
        let old = try workers(of: server)
        #expect(Set(viewers.map(\.node)).count > 1, "12 connections landed on one worker")

        kill(server.pid, signal)
        var sent: [String] = []
        while try !isReplaced(old, in: server) || sent.count < 20 {
            try #require(sent.count < 2_000, "the workers were not replaced")
            sent.append("c\(sent.count)")
            try studio.say(sent.last ?? "", in: "show")
        }
        for viewer in viewers {
            try viewer.wait(for: "every comment") {
                viewer.comments(in: "show").count >= sent.count
            }
            #expect(viewer.comments(in: "show") == sent)
            #expect(disconnections(of: viewer) == 0)
        }
        #expect(disconnections(of: studio) == 0)
        // Still the same stream, and nobody was counted twice or not at all.
        // A new hub counts those of each worker once its link is there.
        let deadline = MonotonicTime.now() + Viewer.patience
        var snapshot = try studio.call("live.get", #"{"stream":"show"}"#)
        while snapshot["viewers"]?.integer != 12, MonotonicTime.now() < deadline {
            snapshot = try studio.call("live.get", #"{"stream":"show"}"#)
            // Nothing tells of it, and a question costs some of what the client may ask.
            usleep(150_000)
        }
        #expect(snapshot["generation"]?.integer == 1)
        #expect(snapshot["viewers"]?.integer == 12)
    }

    @Test func aWrongManifestChangesNothing() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let viewer = try Viewer(server, on: loop, watching: "show")
        let old = try workers(of: server)
        try "workres: 9\n".write(
            toFile: server.folder + "/tally.yaml",
            atomically: true,
            encoding: .utf8
        )
        let result = try server.run(["reload", "--data", server.folder])
        #expect(result.status == 78)
        #expect(result.errors.contains("tally.yaml:1:1"))
        #expect(try workers(of: server) == old)
        #expect(disconnections(of: viewer) == 0)
    }

    private func workers(of server: TallyServer) throws -> [Int] {
        try server.status().processes.filter { $0.identity.role == .worker }.map(\.pid)
    }

    private func isReplaced(_ old: [Int], in server: TallyServer) throws -> Bool {
        let now = try server.status().processes.filter { $0.identity.role == .worker }
        return now.count == old.count
            && now.allSatisfy { $0.phase == .serving && !old.contains($0.pid) }
    }

    private func disconnections(of viewer: Viewer) -> Int {
        viewer.script.events.count { event in
            if case .disconnected = event { true } else { false }
        }
    }
}
