// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Foundation
import JSON
import Reactor
import StatusPage
import Testing

/// The hub's helper process dies, hangs and comes back; nobody notices.
@Suite(.serialized) struct CheckpointerEndToEndTests {
    @Test func commentsGoOnWhileItIsKilledOrHangs() throws {
        let server = try TallyServer(workers: 1, manifest: "comments:\n  rate: 1000\n")
        let loop = try EventLoop()
        let studio = try Viewer(server, on: loop, token: try server.token(user: "host", Self.all))
        try studio.call("live.start", #"{"stream":"show","keep":true}"#)
        let hub = try server.pid(of: .hub)
        let first = try waitForCheckpointer(of: hub)
        kill(first, SIGKILL)
        for comment in 0..<20 { try studio.say("k\(comment)", in: "show") }
        let second = try waitForCheckpointer(of: hub, otherThan: first)
        kill(second, SIGSTOP)
        for comment in 0..<20 { try studio.say("s\(comment)", in: "show") }
        #expect(try server.pid(of: .hub) == hub)
        // It dies with the hub, even stopped, and the next hub has its own.
        kill(hub, SIGKILL)
        try studio.say("last", in: "show")
        let next = try server.pid(of: .hub)
        #expect(next != hub)
        let third = try waitForCheckpointer(of: next, otherThan: second)
        try waitForEnd(of: second)
        #expect(server.end(by: SIGTERM) == 0)
        try waitForEnd(of: third)
    }

    @Test func aDeletedTextLeavesTheDiskSoon() throws {
        let server = try TallyServer(workers: 1)
        let loop = try EventLoop()
        let studio = try Viewer(server, on: loop, token: try server.token(user: "host", Self.all))
        try studio.call("live.start", #"{"stream":"show","keep":true}"#)
        _ = try waitForCheckpointer(of: try server.pid(of: .hub))
        let reply = try studio.say("unspeakable", in: "show")
        let id = try #require(reply["id"]?.string)
        #expect(isOnDisk("unspeakable", in: server.folder))
        try studio.call("comment.delete", #"{"stream":"show","id":"\#(id)"}"#)
        let deadline = MonotonicTime.now() + Viewer.patience
        while isOnDisk("unspeakable", in: server.folder) {
            try #require(MonotonicTime.now() < deadline, "the text is still there")
            usleep(20_000)
        }
    }

    @Test func refusesToBeStartedByHand() throws {
        let server = try TallyServer(workers: 1)
        let result = try server.run(["checkpointer", "parent=1"])
        #expect(result.status == 64)
        #expect(result.errors.contains("do not start it by hand"))
    }

    private static let all: Permissions = [.subscribe, .publish, .history, .control, .moderate]

    private func waitForEnd(of pid: Int32) throws {
        let deadline = MonotonicTime.now() + Viewer.patience
        while TallyServer.isAlive(pid) {
            try #require(MonotonicTime.now() < deadline, "\(pid) is still there")
            usleep(10_000)
        }
    }

    private func isOnDisk(_ text: String, in folder: String) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix("journal.db") }.contains { name in
            let contents = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
            return contents.range(of: Data(text.utf8)) != nil
        }
    }

    private func isCheckpointer(_ pid: Int32) -> Bool {
        let arguments = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        return arguments.split(separator: 0).contains(Data("checkpointer".utf8))
    }

    /// The hub's only child, once there is one that runs its own program.
    ///
    /// Until then it is a fork of the hub's, which waits for it: stopped there it would stop the hub, too.
    private func waitForCheckpointer(of hub: Int32, otherThan old: Int32 = 0) throws -> Int32 {
        let deadline = MonotonicTime.now() + Viewer.patience
        while MonotonicTime.now() < deadline {
            let path = "/proc/\(hub)/task/\(hub)/children"
            let text = FileManager.default.contents(atPath: path) ?? Data()
            let children = String(decoding: text, as: UTF8.self).split(separator: " ")
                .compactMap { Int32($0) }
            if let child = children.first, child != old, isCheckpointer(child) { return child }
            usleep(10_000)
        }
        throw TallyServer.Failure("the hub has no checkpointer")
    }
}
