// SPDX-License-Identifier: Apache-2.0

import Channels
import Foundation
import JSON
import Reactor
import StatusPage
import Testing

/// What plugins are told once on a node, and what they keep there, whoever dies.
@Suite(.serialized) struct PluginNodeTests {
    private func connect(_ probe: PluginServer, _ loop: EventLoop) throws -> Viewer {
        try Viewer(
            probe.server,
            on: loop,
            token: try probe.server.token(
                user: "host",
                [.subscribe, .publish, .control],
                channels: "*"
            )
        )
    }

    private func starts(_ told: [[String]], of stream: String) -> [[String]] {
        told.filter { $0[0] == "live.started" && $0[2] == stream }
    }

    @Test func oneWorkerIsToldAndAnotherWhenItDiesTooEarly() throws {
        let probe = try PluginServer(workers: 3)
        let loop = try EventLoop()
        let studio = try connect(probe, loop)
        try studio.call("probe.live.start", #"{"stream":"seen"}"#)
        try studio.call("probe.live.start", #"{"stream":"held"}"#)
        let first = try probe.wait(for: "the start") { starts($0, of: "held").count == 1 }
        let teller = try #require(Int(starts(first, of: "held")[0][1]))
        kill(try probe.server.pid(of: .worker, teller), SIGKILL)
        let second = try probe.wait(for: "another worker") { starts($0, of: "held").count == 2 }
        let held = starts(second, of: "held")
        #expect(held[0][3] == held[1][3], "another id: \(held)")
        #expect(held[1][1] != "\(teller)")
        // A hub that dies tells again what was not acknowledged, and nothing else.
        kill(try probe.server.pid(of: .hub), SIGKILL)
        var answer: JSONValue?
        while answer == nil {
            answer = try? studio.call("probe.live.start", #"{"stream":"last"}"#)
        }
        let third = try probe.wait(for: "the last start") { !starts($0, of: "last").isEmpty }
        #expect(starts(third, of: "seen").count == 1)
        #expect(starts(third, of: "last").count == 1)
    }

    @Test func figuresAreToldByOneWorker() throws {
        let probe = try PluginServer(workers: 2)
        let loop = try EventLoop()
        let studio = try connect(probe, loop)
        try studio.call("probe.live.start", #"{"stream":"show"}"#)
        let viewers = try (0..<4).map { _ in try Viewer(probe.server, on: loop, watching: "show") }
        let told = try probe.wait(for: "four viewers") { told in
            told.contains { $0[0] == "viewers" && $0[2] == "show" && $0[3] == "4" }
        }
        #expect(Set(told.filter { $0[0] == "viewers" }.map { $0[1] }).count == 1)
        withExtendedLifetime(viewers) {}
    }

    @Test func aStoreOutlivesTheHubAndTheService() throws {
        let probe = try PluginServer(workers: 2)
        let loop = try EventLoop()
        let studio = try connect(probe, loop)
        try studio.call("probe.store.set", #"{"key":"a","value":{"n":1.50}}"#)
        kill(try probe.server.pid(of: .hub), SIGKILL)
        var found: JSONValue?
        while found == nil { found = try? studio.call("probe.store.get", #"{"key":"a"}"#) }
        #expect(found?["value"]?["n"]?.number == 1.5)
        try studio.call("probe.store.set", #"{"key":"b","value":2}"#)
        try probe.restart(workers: 2)
        let again = try connect(probe, loop)
        let keys = try again.call("probe.store.list", "{}")
        #expect(keys["keys"]?.elements.compactMap(\.string) == ["a", "b"])
        #expect(try again.call("probe.store.get", #"{"key":"b"}"#)["value"]?.integer == 2)
    }
}
