// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Foundation
import JSON
import Reactor
import StatusPage
import Testing

/// What Tally is for, on real processes and sockets.
@Suite(.serialized) struct LiveStreamTests {
    @Test func viewersOnDifferentWorkersSeeOneStreamInOneOrder() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let studio = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "host", [.subscribe, .publish, .control, .moderate]),
            watching: "show"
        )
        let (ana, bob) = try viewersOnDifferentWorkers(server, on: loop, watching: "show")
        try server.wait(for: "two workers with connections") { status in
            status.processes.filter { $0.identity.role == .worker && $0.connections > 0 }.count >= 2
        }

        let started = try studio.call("live.start", #"{"stream":"show","title":"Morning"}"#)
        #expect(started["state"]?.string == "live")
        #expect(started["generation"]?.integer == 1)
        for round in 0..<3 {
            try ana.say("a\(round)", in: "show")
            try bob.say("b\(round)", in: "show")
        }
        for viewer in [ana, bob, studio] {
            try viewer.wait(for: "six comments") { viewer.comments(in: "show").count == 6 }
        }
        #expect(ana.comments(in: "show") == ["a0", "b0", "a1", "b1", "a2", "b2"])
        #expect(ana.offsets(in: "show") == bob.offsets(in: "show"))
        #expect(ana.seen("live.started", in: "show").count == 1)

        try bob.wait(for: "a count of three") {
            bob.seen("viewers", in: "show").last?["viewers"]?.integer == 3
        }
        let stopped = try studio.call("live.stop", #"{"stream":"show"}"#)
        #expect(stopped["state"]?.string == "offline")
        for viewer in [ana, bob] {
            try viewer.wait(for: "the end") {
                viewer.seen("live.stopped", in: "show").count == 1
            }
        }
    }

    @Test func viewersOfAKilledWorkerComeBackAndMissNothing() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let studio = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "host", [.control, .subscribe])
        )
        try studio.call("live.start", #"{"stream":"show","keep":true}"#)
        let (ana, bob) = try viewersOnDifferentWorkers(server, on: loop, watching: "show")
        try bob.say("before", in: "show")
        try ana.wait(for: "the first comment") { ana.comments(in: "show") == ["before"] }

        let index = try #require(Int(ana.node.split(separator: "-").last ?? ""))
        let victim = try server.pid(of: .worker, index)
        kill(victim, SIGKILL)
        try bob.say("meanwhile", in: "show")
        try server.wait(for: "the worker's replacement") { status in
            status.processes.contains {
                $0.identity == ProcessIdentity(.worker, index) && $0.pid != Int(victim)
                    && $0.phase == .serving && $0.restarts == 1
            }
        }
        try ana.wait(for: "what was missed") {
            ana.comments(in: "show") == ["before", "meanwhile"]
        }
        try bob.say("after", in: "show")
        try ana.wait(for: "what comes live") {
            ana.comments(in: "show") == ["before", "meanwhile", "after"]
        }
        #expect(ana.offsets(in: "show") == ana.offsets(in: "show").sorted())
    }

    @Test func theServiceIsBackByItselfAfterTheHubIsKilled() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let token = try server.token(user: "host", [.control, .subscribe, .publish])
        let studio = try Viewer(server, on: loop, token: token, watching: "show")
        let victim = try server.pid(of: .hub)
        kill(victim, SIGKILL)
        // Asked while there is no hub: a delay, not an error.
        let started = try studio.call("live.start", #"{"stream":"show"}"#)
        #expect(started["state"]?.string == "live")
        #expect(try server.pid(of: .hub) != victim)
        try studio.say("still here", in: "show")
        try studio.wait(for: "the comment") { studio.comments(in: "show") == ["still here"] }
    }

    @Test func aStreamOutlivesItsBroadcastersConnectionByTheGracePeriod() throws {
        let server = try TallyServer(manifest: "live:\n  grace_period: 1s\n")
        let loop = try EventLoop()
        let token = try server.token(user: "host", [.control, .subscribe])
        let viewer = try Viewer(server, on: loop, watching: "show")
        let studio = try Viewer(server, on: loop, token: token)
        try studio.call("live.start", #"{"stream":"show"}"#)
        studio.script.client.stop()
        try viewer.wait(for: "the interruption") {
            viewer.seen("live.interrupted", in: "show").count == 1
        }
        let back = try Viewer(server, on: loop, token: token)
        try viewer.wait(for: "the resumption") {
            viewer.seen("live.resumed", in: "show").count == 1
        }
        back.script.client.stop()
        try viewer.wait(for: "the end") { viewer.seen("live.stopped", in: "show").count == 1 }
    }
}
