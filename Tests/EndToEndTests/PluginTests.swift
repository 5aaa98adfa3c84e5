// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Foundation
import JSON
import Reactor
import StatusPage
import Testing
import Tokens

/// What clients and the node notice of a plugin that says yes, no, something else, or later.
@Suite(.serialized) struct PluginTests {
    private let probe: PluginServer
    private let loop: EventLoop
    private let studio: RawClient

    init() throws {
        probe = try PluginServer()
        loop = try EventLoop()
        studio = try Self.connect(probe, loop, "host", [.subscribe, .publish, .control, .moderate])
        studio.send(#"{"id":2,"rpc":{"method":"live.start","data":{"stream":"show"}}}"#)
        #expect(try studio.refusal(2) == nil)
        studio.send(#"{"id":3,"subscribe":{"channel":"live:show"}}"#)
        #expect(try studio.refusal(3) == nil)
    }

    private static func connect(
        _ probe: PluginServer,
        _ loop: EventLoop,
        _ user: String,
        _ allow: Permissions = [.subscribe, .publish]
    ) throws -> RawClient {
        let client = try RawClient(probe.server, on: loop)
        let token = try probe.server.token(user: user, allow, channels: "*")
        client.send(#"{"id":1,"connect":{"token":"\#(token)"}}"#)
        try #require(try client.refusal(1) == nil)
        return client
    }

    private static func say(_ id: Int, _ text: String) -> String {
        #"{"id":\#(id),"rpc":{"method":"comment.send","data":{"stream":"show","text":"\#(text)"}}}"#
    }

    /// The comments that the studio saw.
    private var comments: [String] {
        studio.received.compactMap { push in
            let data = push["push"]?["pub"]?["data"]
            return data?["type"]?.string == "comment" ? data?["text"]?.string : nil
        }
    }

    @Test func aCommentIsLetThroughRefusedOrReplaced() throws {
        let ana = try Self.connect(probe, loop, "ana")
        ana.send(Self.say(2, "hello"), Self.say(3, "reject"), Self.say(4, "refuse"))
        ana.send(Self.say(5, "mask"))
        #expect(try ana.refusal(2) == nil)
        let refused = try ana.reply(3)["error"]
        #expect(refused?["code"]?.integer == 1234)
        #expect(refused?["message"]?.string == "not today")
        #expect(try ana.reply(4)["error"]?["code"]?.integer == 405)
        #expect(try ana.refusal(5) == nil)
        try studio.wait(for: "both comments") { comments.count == 2 }
        #expect(comments == ["hello", "***"])
        try probe.wait(for: "what was commented") { told in
            told.filter { $0[0] == "commented" }.map { $0[3] } == ["hello", "***"]
        }
    }

    @Test func aCommentThatWaitsHoldsBackItsUserAloneAndInOrder() throws {
        let ana = try Self.connect(probe, loop, "ana")
        let bob = try Self.connect(probe, loop, "bob")
        ana.send(Self.say(2, "slow one"), Self.say(3, "two"), Self.say(4, "reject"))
        // Another channel of the same user does not wait.
        ana.send(#"{"id":5,"publish":{"channel":"news:all","data":1}}"#)
        bob.send(Self.say(2, "quick"))
        #expect(try bob.refusal(2) == nil)
        #expect(try ana.refusal(5) == nil)
        #expect(!ana.received.contains { $0["id"]?.integer == 2 })
        #expect(try ana.refusal(4) == 1234)
        try studio.wait(for: "all comments") { comments.count == 3 }
        #expect(comments == ["quick", "slow one", "two"])
        let answered = ana.received.compactMap { $0["id"]?.integer }
        // A refusal needs no hub, so it may be answered before what the hub has been asked before it.
        #expect(answered.prefix(2) == [1, 5])
        #expect(answered.sorted() == [1, 2, 3, 4, 5])
    }

    @Test func whoeverDoesNotAnswerIsAnsweredFor() throws {
        let ana = try Self.connect(probe, loop, "ana")
        ana.send(#"{"id":2,"publish":{"channel":"news:all","data":"forgotten"}}"#)
        #expect(try ana.refusal(2) == 405)
        ana.send(#"{"id":3,"publish":{"channel":"news:all","data":"reject"}}"#)
        #expect(try ana.refusal(3) == 1234)
        ana.send(#"{"id":4,"subscribe":{"channel":"news:all"}}"#)
        ana.send(#"{"id":5,"publish":{"channel":"news:all","data":"mask"}}"#)
        #expect(try ana.refusal(5) == nil)
        try ana.wait(for: "what was published") {
            ana.received.contains { $0["push"]?["pub"]?["data"]?.string == "***" }
        }
    }

    @Test func aConnectIsLetInAsSomebodyElseOrNotAtAll() throws {
        let token = try probe.server.token(user: "ana")
        let client = try RawClient(probe.server, on: loop)
        client.send(#"{"id":1,"connect":{"token":"\#(token)","data":{"do":"reject"}}}"#)
        #expect(try client.refusal(1) == 1234)
        // What is asked behind a connect that waits is answered after it.
        client.send(
            #"{"id":2,"connect":{"token":"\#(token)","data":{"do":"slow"},"subs":{"news:reject":{},"live:show":{}}}}"#,
            #"{"id":3,"ping":{}}"#
        )
        #expect(try client.refusal(3) == nil)
        let reply = try client.reply(2)["connect"]
        #expect(reply?["subs"]?["live:show"]?.isObject == true)
        #expect(reply?["subs"]?["news:reject"] == nil)
        #expect(client.received.compactMap { $0["id"]?.integer } == [1, 2, 3])

        let other = try RawClient(probe.server, on: loop)
        other.send(#"{"id":1,"connect":{"token":"\#(token)","data":{"as":"zed"}}}"#)
        let result = try other.reply(1)["connect"]
        #expect(result?["data"]?["welcome"]?.bool == true)
        #expect(result?["subs"]?["news:all"]?.isObject == true)
        other.send(Self.say(2, "as zed"))
        #expect(try other.refusal(2) == nil)
        try studio.wait(for: "the comment") { !comments.isEmpty }
        let comment = studio.received.last {
            $0["push"]?["pub"]?["data"]?["type"]?.string == "comment"
        }
        #expect(comment?["push"]?["pub"]?["data"]?["user"]?.string == "zed")
        // The token's own user refreshes it, and stays who the plugin said.
        let renewed = try probe.server.token(user: "ana")
        other.send(#"{"id":3,"refresh":{"token":"\#(renewed)"}}"#, Self.say(4, "still zed"))
        #expect(try other.refusal(3) == nil)
        #expect(try other.refusal(4) == nil)
    }

    @Test func aSubscriptionIsRefusedOrToldSomethingElse() throws {
        let ana = try Self.connect(probe, loop, "ana")
        ana.send(
            #"{"id":2,"subscribe":{"channel":"news:reject"}}"#,
            #"{"id":3,"subscribe":{"channel":"news:mask"}}"#,
            #"{"id":4,"subscribe":{"channel":"news:slow"}}"#,
            #"{"id":5,"subscribe":{"channel":"news:slow"}}"#
        )
        #expect(try ana.refusal(2) == 1234)
        #expect(try ana.reply(3)["subscribe"]?["data"]?.string == "***")
        #expect(try ana.refusal(4) == nil)
        #expect(try ana.refusal(5) == 105)
        ana.send(#"{"id":6,"unsubscribe":{"channel":"news:slow"}}"#)
        #expect(try ana.refusal(6) == nil)
        try probe.wait(for: "what was left") { told in
            told.contains { $0[0] == "unsubscribed" && $0[2] == "ana" && $0[3] == "0" }
        }
        ana.send(Self.say(7, "bye"))
        _ = try ana.reply(7)
        #expect(probe.told().filter { $0[0] == "subscribed" && $0[2] == "ana" }.count == 2)
    }

    @Test func aBroadcastersCommandsAreDecidedToo() throws {
        studio.send(
            #"{"id":10,"rpc":{"method":"live.start","data":{"stream":"a","title":"reject"}}}"#,
            #"{"id":11,"rpc":{"method":"live.start","data":{"stream":"a","title":"mask"}}}"#,
            #"{"id":12,"rpc":{"method":"live.update","data":{"stream":"a","title":"slow"}}}"#,
            #"{"id":13,"rpc":{"method":"live.stop","data":{"stream":"a","reason":"refuse"}}}"#,
            #"{"id":14,"rpc":{"method":"live.stop","data":{"stream":"a","reason":"mask"}}}"#
        )
        #expect(try studio.refusal(14) == nil)
        #expect(try studio.refusal(10) == 1234)
        #expect(try studio.reply(11)["rpc"]?["data"]?["title"]?.string == "***")
        #expect(try studio.reply(12)["rpc"]?["data"]?["title"]?.string == "slow")
        #expect(try studio.refusal(13) == 405)
        try probe.wait(for: "the stop") { told in
            told.filter { $0[2] == "a" && $0[0].hasPrefix("live.") }.map { $0[0] }
                == ["live.started", "live.updated", "live.stopped"]
        }
    }

    @Test func aPluginsOwnMethodsAnswerAndAskTheNode() throws {
        let ana = try Self.connect(probe, loop, "ana")
        func call(_ id: Int, _ method: String, _ data: String) throws -> JSONValue {
            ana.send(#"{"id":\#(id),"rpc":{"method":"\#(method)","data":\#(data)}}"#)
            return try ana.reply(Int64(id))
        }
        #expect(
            try call(2, "probe.echo", #"{"a":1}"#)["rpc"]?["data"]?["data"]?["a"]?.integer == 1
        )
        #expect(try call(3, "nobody.echo", "{}")["error"]?["code"]?.integer == 104)
        #expect(try call(4, "probe.made.up", "{}")["error"]?["code"]?.integer == 1500)
        _ = try call(5, "probe.store.set", #"{"key":"k","value":[1,"x"]}"#)
        let stored = try call(6, "probe.store.get", #"{"key":"k"}"#)["rpc"]?["data"]
        #expect(stored?["value"]?.count == 2)
        let conflict = try call(7, "probe.store.set", #"{"key":"k","value":2,"version":1}"#)
        #expect(conflict["error"]?["code"]?.integer == 1001)
        // Media, cues, and what they do to viewers.
        _ = try call(8, "probe.live.interrupt", #"{"stream":"show"}"#)
        _ = try call(9, "probe.live.resume", #"{"stream":"show"}"#)
        _ = try call(10, "probe.live.cue", #"{"stream":"show","name":"goal","data":{"by":7}}"#)
        try studio.wait(for: "the cue") {
            studio.received.contains { $0["push"]?["pub"]?["data"]?["type"]?.string == "cue" }
        }
        let types = studio.received.compactMap { $0["push"]?["pub"]?["data"]?["type"]?.string }
        #expect(types.filter { $0 != "viewers" } == ["live.interrupted", "live.resumed", "cue"])
        // To one client alone.
        _ = try call(11, "probe.message", #"{"hi":1}"#)
        try ana.wait(for: "the message") {
            ana.received.contains { $0["push"]?["message"]?["data"]?["hi"]?.integer == 1 }
        }
        ana.send(#"{"id":12,"subscribe":{"channel":"news:all"}}"#)
        _ = try ana.reply(12)
        _ = try call(13, "probe.leave", #"{"channel":"news:all"}"#)
        try ana.wait(for: "the unsubscribe push") {
            ana.received.contains { $0["push"]?["unsubscribe"]?["code"]?.integer == 2000 }
        }
        #expect(
            try call(14, "probe.leave", #"{"channel":"news:all"}"#)["error"]?["code"]?.integer
                == 1404
        )
        ana.send(#"{"id":15,"rpc":{"method":"probe.out","data":{}}}"#)
        #expect(try ana.waitForClose() == 4321)
        let bob = try Self.connect(probe, loop, "bob")
        studio.send(
            #"{"id":20,"rpc":{"method":"probe.user.disconnect","data":{"user":"bob"}}}"#
        )
        #expect(try studio.refusal(20) == nil)
        #expect(try bob.waitForClose() == 3503)
        try probe.wait(for: "both ends") { told in
            told.contains { $0[0] == "disconnected" && $0[2] == "ana" && $0[3] == "4321" }
                && told.contains { $0[0] == "disconnected" && $0[2] == "bob" && $0[3] == "3503" }
        }
    }

    @Test func aPluginsPathsAreItsOwn() throws {
        // As nginx asks.
        let form = "call=publish&name=show"
        let posted = try probe.request(
            "POST /plugins/probe/on%20publish?x=1 HTTP/1.0\r\nHost: a\r\nConnection: close\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(form.utf8.count)\r\n\r\n\(form)"
        )
        #expect(posted.status == 201)
        let limits = JSONLimits(maximumByteCount: 1 << 16, maximumDepth: 8)
        let seen = try JSONValue.parse(Array(posted.body.utf8), limits: limits)
        #expect(seen["method"]?.string == "POST")
        #expect(seen["path"]?.string == "/on publish")
        #expect(seen["query"]?.string == "x=1")
        #expect(seen["body"]?.string == form)
        func get(_ path: String) throws -> Int {
            try probe.request("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").status
        }
        #expect(try get("/plugins/probe/slow") == 204)
        #expect(try get("/plugins/probe/nothing") == 204)
        #expect(try get("/plugins/probe/denied") == 403)
        #expect(try get("/plugins/probe") == 201)
        #expect(try get("/plugins/probe/%zz") == 400)
        #expect(try get("/plugins/probe/%00") == 400)
        #expect(try get("/plugins/other/x") == 404)
        #expect(try get("/health") == 200)
        let large = try probe.request(
            "POST /plugins/probe/x HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n"
        )
        #expect(large.status == 413)
    }

    @Test func whatWaitsForAPluginIsAskedAgainWhenTheWorkerIsReplaced() throws {
        let ana = try Self.connect(probe, loop, "ana")
        let bob = try RawClient(probe.server, on: loop)
        let token = try probe.server.token(user: "bob")
        ana.send(Self.say(2, "long one"), Self.say(3, "two"))
        bob.send(
            #"{"id":1,"connect":{"token":"\#(token)","data":{"do":"long"}}}"#,
            Self.say(2, "three")
        )
        let old = try probe.server.pid(of: .worker)
        kill(probe.server.pid, SIGHUP)
        try probe.server.wait(for: "another worker") { status in
            status.processes.contains {
                $0.identity.role == .worker && $0.phase == .serving && $0.pid != Int(old)
            }
        }
        #expect(try ana.refusal(2) == nil)
        #expect(try ana.refusal(3) == nil)
        #expect(try bob.refusal(1) == nil)
        #expect(try bob.refusal(2) == nil)
        try studio.wait(for: "all comments") { comments.count == 3 }
        #expect(comments.filter { $0 != "three" } == ["long one", "two"])
        #expect(ana.closeCode == nil && bob.closeCode == nil && studio.closeCode == nil)
        let answered = ana.received.compactMap { $0["id"]?.integer }
        #expect(answered == [1, 2, 3])
    }
}
