// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Foundation
import JSON
import Reactor
import StatusPage
import Testing

/// Who comes back gets exactly what it missed, wherever that comes from.
@Suite(.serialized) struct RecoveryTests {
    @Test func aCrowdThatComesBackMissesNothing() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let studio = try studio(server, loop)
        var crowd: [Viewer] = []
        for _ in 0..<30 { crowd.append(try Viewer(server, on: loop, watching: "show")) }
        var sent: [String] = []
        for round in 0..<4 {
            for viewer in crowd { viewer.script.client.breakConnection() }
            for number in 0..<5 {
                sent.append("r\(round)-\(number)")
                try studio.say(sent.last ?? "", in: "show")
            }
            for viewer in crowd {
                try viewer.wait(for: "round \(round)") {
                    viewer.comments(in: "show").count >= sent.count
                }
                #expect(viewer.comments(in: "show") == sent)
            }
        }
        #expect(try recoveries(of: .worker, in: server) > 0, "workers answer most by themselves")
    }

    @Test func aDeletedCommentsTextDoesNotComeBackByRecovery() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let studio = try studio(server, loop)
        // Somebody stays on each worker, so that each keeps what it saw.
        var others: [Viewer] = []
        while Set(others.map(\.node)).count < 3 {
            try #require(others.count < 200)
            others.append(try Viewer(server, on: loop, watching: "show"))
        }
        // One who comes back fills what the workers keep.
        for viewer in others { viewer.script.client.breakConnection() }
        try studio.say("stays", in: "show")
        for viewer in others {
            try viewer.wait(for: "the first") { viewer.comments(in: "show") == ["stays"] }
        }

        let away = try #require(others.first)
        away.script.client.breakConnection()
        let sent = try studio.say("a secret", in: "show")
        let id = try #require(sent["id"]?.string)
        try studio.call("comment.delete", #"{"stream":"show","id":"\#(id)"}"#)
        try away.wait(for: "the deletion") {
            away.seen("comment.deleted", in: "show").count == 1
        }
        #expect(away.comments(in: "show") == ["stays"])
        #expect(away.seen("comment", in: "show").count == 2, "the tombstone keeps its place")
    }

    @Test func whoLeavesWhileItWaitsForAnothersRecoveryIsNotLetIn() throws {
        // The hub is stopped for a moment, so that they have to wait.
        let server = try TallyServer(
            workers: 1,
            manifest: "supervisor:\n  heartbeat_timeout: 60s\nhub:\n  request_timeout: 60s\n"
        )
        let loop = try EventLoop()
        let studio = try studio(server, loop)
        let first = try connected(server, loop)
        let second = try connected(server, loop)
        let hub = try server.pid(of: .hub)
        kill(hub, SIGSTOP)
        defer { kill(hub, SIGCONT) }
        first.send(Self.recovery(2, of: "show"))
        // Answered by the worker alone: it has read what came before.
        first.send(Self.history(3, limit: "wrong"))
        #expect(try first.refusal(3) == 107)
        second.send(Self.recovery(2, of: "show"))
        second.send(#"{"id":3,"unsubscribe":{"channel":"live:show"}}"#)
        second.send(Self.history(4, limit: "wrong"))
        #expect(try second.refusal(4) == 107)
        kill(hub, SIGCONT)
        #expect(try first.refusal(2) == nil)
        #expect(try second.refusal(3) == nil)
        #expect(try second.refusal(2) == 108)
        let snapshot = try studio.call("live.get", #"{"stream":"show"}"#)
        #expect(snapshot["viewers"]?.integer == 1)
    }

    private func connected(_ server: TallyServer, _ loop: EventLoop) throws -> RawClient {
        let client = try RawClient(server, on: loop)
        client.send(#"{"id":1,"connect":{}}"#)
        #expect(try client.refusal(1) == nil)
        return client
    }

    private static func recovery(_ id: Int, of stream: String = "none") -> String {
        let position = #""recover":true,"epoch":"x","offset":1"#
        return #"{"id":\#(id),"subscribe":{"channel":"live:\#(stream)",\#(position)}}"#
    }

    private static func history(_ id: Int, limit: String = "1") -> String {
        let limit = Int(limit).map(String.init) ?? "\"\(limit)\""
        return #"{"id":\#(id),"history":{"channel":"live:none","limit":\#(limit)}}"#
    }

    private func studio(_ server: TallyServer, _ loop: EventLoop) throws -> Viewer {
        let studio = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "host", [.subscribe, .publish, .control, .moderate])
        )
        try studio.call("live.start", #"{"stream":"show"}"#)
        return studio
    }

    private func recoveries(of role: ProcessRole, in server: TallyServer) throws -> UInt64 {
        try server.status().processes.filter { $0.identity.role == role }
            .reduce(0) { $0 + $1[.recoveries] }
    }
}
