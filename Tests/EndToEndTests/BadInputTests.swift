// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import JSON
import Reactor
import StatusPage
import Testing
import Tokens

/// What no well-behaved client sends: each gets its error or close code, and nothing else changes.
@Suite(.serialized) struct BadInputTests {
    @Test func whatWasAnsweredBeforeAFatalLineStillArrives() throws {
        let server = try TallyServer(workers: 1)
        let client = try RawClient(server, on: try EventLoop())
        client.send(
            #"{"id":1,"connect":{}}"#,
            #"{"id":2,"ping":{}}"#,
            #"{"id":3,"nonsense":{}}"#,
            "no JSON"
        )
        #expect(try client.waitForClose() == 3501)
        #expect(client.received.compactMap { $0["id"]?.integer } == [1, 2, 3])
        #expect(try client.refusal(3) == 104)
    }

    @Test func aClientThatDoesNotWaitMaySubscribeLeaveAndSubscribe() throws {
        let server = try TallyServer(workers: 1)
        let loop = try EventLoop()
        let client = try RawClient(server, on: loop)
        client.send(#"{"id":1,"connect":{}}"#)
        _ = try client.reply(1)
        // As a page does whose component is made, unmade and made again in one turn.
        client.send(
            #"{"id":2,"subscribe":{"channel":"live:show"}}"#,
            #"{"id":3,"unsubscribe":{"channel":"live:show"}}"#,
            #"{"id":4,"subscribe":{"channel":"live:show"}}"#
        )
        for id in 2...4 { #expect(try client.refusal(Int64(id)) == nil) }
        client.send(
            #"{"id":5,"unsubscribe":{"channel":"live:show"}}"#,
            #"{"id":6,"subscribe":{"channel":"live:show"}}"#,
            #"{"id":7,"subscribe":{"channel":"live:show"}}"#
        )
        #expect(try client.refusal(6) == nil)
        #expect(try client.refusal(7) == 105)
        let host = try Viewer(server, on: loop, token: try server.token(user: "host", [.control]))
        try host.call("live.start", #"{"stream":"show"}"#)
        func starts() -> Int {
            client.received.count { reply in
                reply["push"]?["pub"]?["data"]?["type"]?.string == "live.started"
            }
        }
        try client.wait(for: "the start") { starts() > 0 }
        // Subscribed once, not as often as it asked.
        try host.call("live.stop", #"{"stream":"show"}"#)
        try client.wait(for: "the end") {
            client.received.contains { reply in
                reply["push"]?["pub"]?["data"]?["type"]?.string == "live.stopped"
            }
        }
        #expect(starts() == 1)
    }

    @Test func whatFollowsAConnectInItsMessageIsAnsweredAfterIt() throws {
        let server = try TallyServer(workers: 1)
        let client = try RawClient(server, on: try EventLoop())
        client.send(
            #"{"id":1,"connect":{"subs":{"live:show":{}}}}"#,
            #"{"id":2,"subscribe":{"channel":"live:other"}}"#,
            #"{"id":3,"ping":{}}"#
        )
        client.send(#"{"id":4,"subscribe":{"channel":"live:show"}}"#)
        #expect(try client.refusal(2) == nil)
        #expect(try client.refusal(4) == 105)
        #expect(client.received.first?["connect"]?["subs"]?["live:show"] != nil)
        client.send(#"{"id":5,"connect":{}}"#)
        #expect(try client.waitForClose() == 3501)
    }

    @Test func aTokenThatEndsInCenturiesIsGoodNow() throws {
        // Nobody answers pings here: the first client has to last until the last one's.
        let server = try TallyServer(
            workers: 1,
            manifest: "client:\n  ping_interval: 4s\n  pong_timeout: 3900ms\n"
        )
        let loop = try EventLoop()
        let worker = try server.pid(of: .worker)
        let wrap = WallClock.now() / 1_000 + (1 << 32)
        // Times that people write for "never", and every one near the end of 32 bits of seconds.
        let ends = [9_999_999_999, 253_402_300_799] + (wrap - 20...wrap + 4)
        let clients = try ends.map { end in
            let token = try server.token(for: Claims(user: "ana", expiresAt: end))
            let client = try RawClient(server, on: loop)
            client.send(#"{"id":1,"connect":{"token":"\#(token)"}}"#)
            #expect(try client.refusal(1) == nil)
            return client
        }
        // Who is pinged was looked through for what time ends, more than once.
        try clients.last?.wait(for: "a ping") { (clients.last?.pingCount ?? 0) > 0 }
        #expect(clients.allSatisfy { $0.closeCode == nil })
        #expect(try server.pid(of: .worker) == worker)
    }
}
