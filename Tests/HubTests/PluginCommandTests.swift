// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import JSON
import Live
import Manifest
import Testing

/// What plugins ask of streams, feeds and users.
@Suite struct PluginCommandTests {
    private let bench = HubBench()
    private let link: LinkID
    private let plugin: BenchSession
    private let viewer: BenchSession

    init() throws {
        link = bench.link()
        plugin = bench.attachPlugin(link)
        viewer = bench.attach(link, user: "ana")
        _ = try bench.subscribe(viewer, "live:a")
    }

    private func state() throws -> String? {
        HubBench.text("state", of: try bench.call(plugin, "live.get", #"{"stream":"a"}"#))
    }

    @Test func aStreamThatAPluginStartsNeedsNoBroadcaster() throws {
        try bench.call(plugin, "live.start", #"{"stream":"a"}"#)
        bench.detach(plugin)
        bench.close(link)
        bench.pass(.seconds(60))
        #expect(bench.core.state.streams["a"]?.state == .live)
    }

    @Test func mediaThatGoesInterruptsAndComesBack() throws {
        try bench.call(plugin, "live.start", #"{"stream":"a"}"#)
        bench.clearInboxes()
        try bench.call(plugin, "live.interrupt", #"{"stream":"a","generation":1}"#)
        #expect(try state() == "interrupted")
        // Twice is once.
        try bench.call(plugin, "live.interrupt", #"{"stream":"a"}"#)
        try bench.call(plugin, "live.resume", #"{"stream":"a","generation":1}"#)
        try bench.call(plugin, "live.resume", #"{"stream":"a"}"#)
        #expect(try state() == "live")
        #expect(bench.eventTypes(link) == ["live.interrupted", "live.resumed"])
    }

    @Test func aBroadcastersConnectionDoesNotBringMediaBack() throws {
        try bench.call(plugin, "live.start", #"{"stream":"a"}"#)
        try bench.call(plugin, "live.interrupt", #"{"stream":"a"}"#)
        let studio = bench.attach(link, user: "studio", controls: ["*"])
        #expect(try state() == "interrupted")
        bench.detach(studio)
        bench.pass(.seconds(29))
        #expect(try state() == "interrupted")
        bench.pass(.seconds(1))
        #expect(try state() == "offline")
    }

    @Test func aBroadcastersStreamNeedsBoth() throws {
        let studio = bench.attach(link, user: "studio", controls: ["a"])
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        try bench.call(plugin, "live.interrupt", #"{"stream":"a"}"#)
        bench.detach(studio)
        try bench.call(plugin, "live.resume", #"{"stream":"a"}"#)
        #expect(try state() == "interrupted")
        _ = bench.attach(link, user: "studio", controls: ["a"])
        #expect(try state() == "live")
    }

    @Test func mediaOfAnotherGenerationChangesNothing() throws {
        try bench.call(plugin, "live.start", #"{"stream":"a"}"#)
        let old = #"{"stream":"a","generation":7}"#
        #expect(bench.callRefusal(plugin, "live.interrupt", old) == 408)
        #expect(bench.callRefusal(plugin, "live.resume", old) == 408)
        try bench.call(plugin, "live.stop", #"{"stream":"a"}"#)
        #expect(bench.callRefusal(plugin, "live.interrupt", #"{"stream":"a"}"#) == 400)
        #expect(bench.callRefusal(plugin, "live.resume", #"{"stream":"b"}"#) == 404)
    }

    @Test func mediaThatIsGoneIsRememberedByTheNextHub() throws {
        try bench.call(plugin, "live.start", #"{"stream":"a"}"#)
        try bench.call(plugin, "live.interrupt", #"{"stream":"a"}"#)
        let second = HubBench(takingUp: bench)
        #expect(second.core.state.streams["a"]?.lifecycle.mediaIsGone == true)
        _ = second.attach(second.link(), user: "studio", controls: ["*"])
        second.pass(.seconds(10))
        #expect(second.core.state.streams["a"]?.state == .interrupted)
    }

    @Test func aCueReachesViewersAndHistory() throws {
        #expect(bench.callRefusal(plugin, "live.cue", #"{"stream":"a","name":"x"}"#) == 404)
        try bench.call(plugin, "live.start", #"{"stream":"a"}"#)
        bench.clearInboxes()
        let answer = try bench.call(
            plugin,
            "live.cue",
            #"{"stream":"a","name":"goal","data":{"minute": 12.50}}"#
        )
        #expect(HubBench.parse(answer)?["offset"]?.integer == 2)
        #expect(bench.eventTypes(link) == ["cue"])
        let publication = try #require(bench.publications(link).first { $0.offset > 0 })
        let text = String(decoding: publication.json, as: UTF8.self)
        #expect(text.contains(#""name":"goal","data":{"minute":12.50},"generation":1"#))
        #expect(try bench.history(viewer, "live:a").publications.last == publication.json)
    }

    @Test func aPluginCommentsUnderItsOwnName() throws {
        try bench.call(plugin, "live.start", #"{"stream":"a"}"#)
        bench.clearInboxes()
        try bench.call(plugin, "comment.send", #"{"stream":"a","text":"hi","name":"Bot"}"#)
        try bench.call(plugin, "comment.send", #"{"stream":"a","text":"ho"}"#)
        let comments = bench.publications(link).filter { $0.offset > 0 }.map(\.json)
        #expect(comments.map { HubBench.member("name", of: $0) } == ["Bot", "media"])
        #expect(HubBench.member("user", of: comments[0]) == "plugin:media")
    }

    @Test func aFeedAnswersWhereThePublicationIs() throws {
        let kept = try bench.call(plugin, "channel.publish", #"{"channel":"log:1","data":1.0}"#)
        #expect(HubBench.parse(kept)?["offset"]?.integer == 1)
        let passing = try bench.call(
            plugin,
            "channel.publish",
            #"{"channel":"plain:1","data":null}"#
        )
        #expect(passing == "{}")
        let stream = #"{"channel":"live:a","data":1}"#
        #expect(bench.callRefusal(plugin, "channel.publish", stream) == 107)
    }

    @Test func everyConnectionOfAUserIsEndedOnEveryWorker() throws {
        let second = bench.link(worker: 1)
        let here = bench.attach(link, user: "eve")
        let there = bench.attach(second, user: "eve")
        bench.clearInboxes()
        try bench.call(plugin, "user.disconnect", #"{"user":"eve","reason":"bye"}"#)
        func ended(_ link: LinkID) -> [HubMessage] {
            bench.messages(link).filter {
                if case .disconnect = $0 { true } else { false }
            }
        }
        #expect(ended(link) == [.disconnect(here.id, code: 3503, reason: "bye")])
        #expect(ended(second) == [.disconnect(there.id, code: 3503, reason: "bye")])
        // It is told before whoever asked is answered.
        #expect(bench.messages(link).last != ended(link).last)
        #expect(bench.callRefusal(plugin, "user.disconnect", #"{"user":""}"#) == 107)
    }
}
