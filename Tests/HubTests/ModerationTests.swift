// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import Live
import Manifest
import Testing

@Suite struct ModerationTests {
    private let bench: HubBench
    private let link: LinkID
    private let moderator: BenchSession
    private let ana: BenchSession

    init() throws {
        bench = HubBench { $0.comments.maximumMutedUsers = 2 }
        link = bench.link()
        moderator = bench.attach(link, user: "mod", controls: ["*"])
        ana = bench.attach(link, user: "ana")
        for stream in ["a", "b"] {
            try bench.run(moderator, "live.start", #"{"stream":"\#(stream)"}"#)
        }
        _ = try bench.subscribe(ana, "live:a")
        bench.clearInboxes()
    }

    private func comment(_ text: String, on stream: String = "a") -> ErrorReply? {
        do throws(ErrorReply) {
            try bench.run(ana, "comment.send", #"{"stream":"\#(stream)","text":"\#(text)"}"#)
            return nil
        } catch {
            return error
        }
    }

    private func timeOut(_ user: String, seconds: Int = 60) throws(ErrorReply) {
        try bench.run(
            moderator,
            "user.timeout",
            #"{"stream":"a","user":"\#(user)","seconds":\#(seconds),"reason":"r"}"#
        )
    }

    @Test func aTimeoutEndsByItself() throws {
        try timeOut("ana")
        #expect(comment("1") == ErrorReply(.muted, retryAfterMilliseconds: 60_000))
        #expect(comment("1", on: "b") == nil)
        bench.pass(.milliseconds(59_999))
        #expect(comment("2") == ErrorReply(.muted, retryAfterMilliseconds: 1))
        bench.pass(.milliseconds(1))
        #expect(comment("2") == nil)
        #expect(bench.core.state.mutes.isEmpty)
        #expect(bench.eventTypes(link).first == "user.timeout")
    }

    @Test func aLaterTimeoutReplacesAnEarlier() throws {
        try timeOut("ana", seconds: 60)
        try timeOut("ana", seconds: 10)
        #expect(comment("1")?.retryAfterMilliseconds == 10_000)
    }

    @Test func aBanHoldsUntilItIsLifted() throws {
        try bench.run(moderator, "user.ban", #"{"stream":"a","user":"ana","reason":"spam"}"#)
        #expect(comment("1")?.code == ErrorCode.muted.rawValue)
        #expect(comment("1")?.retryAfterMilliseconds == nil)
        // Neither a timeout nor a new generation lifts it.
        try timeOut("ana", seconds: 1)
        bench.pass(.seconds(100_000))
        try bench.run(moderator, "live.stop", #"{"stream":"a"}"#)
        try bench.run(moderator, "live.start", #"{"stream":"a"}"#)
        #expect(comment("1")?.code == ErrorCode.muted.rawValue)
        try bench.run(moderator, "user.unban", #"{"stream":"a","user":"ana"}"#)
        #expect(comment("1") == nil)
        #expect(
            bench.eventTypes(link) == [
                "user.ban", "live.stopped", "live.started", "user.unban", "comment",
            ]
        )
    }

    @Test func repeatedOrdersChangeNothing() throws {
        try bench.run(moderator, "user.ban", #"{"stream":"a","user":"ana"}"#)
        let recordCount = bench.records.count
        try bench.run(moderator, "user.ban", #"{"stream":"a","user":"ana"}"#)
        try bench.run(moderator, "user.unban", #"{"stream":"a","user":"nobody"}"#)
        #expect(bench.records.count == recordCount)
        for method in ["user.ban", "user.unban"] {
            #expect(
                bench.refusal(moderator, method, #"{"stream":"never","user":"ana"}"#)
                    == .unknownStream
            )
        }
    }

    @Test func unbanLiftsATimeoutToo() throws {
        try timeOut("ana")
        try bench.run(moderator, "user.unban", #"{"stream":"a","user":"ana"}"#)
        #expect(comment("1") == nil)
    }

    @Test func boundsTheMutedUsersOfAStream() throws {
        try timeOut("u1", seconds: 5)
        try timeOut("u2")
        let refused = #"{"stream":"a","user":"u3"}"#
        #expect(bench.refusal(moderator, "user.ban", refused) == .limitExceeded)
        // One who is muted already may be muted differently.
        #expect(bench.refusal(moderator, "user.ban", #"{"stream":"a","user":"u2"}"#) == nil)
        // And a timeout that is over makes room.
        bench.pass(.seconds(5))
        #expect(bench.refusal(moderator, "user.ban", refused) == nil)
    }

    @Test func aMutedAuthorMayStillDelete() throws {
        let answer = try bench.run(ana, "comment.send", #"{"stream":"a","text":"sorry"}"#)
        let id = try #require(HubBench.text("id", of: answer))
        try bench.run(moderator, "user.ban", #"{"stream":"a","user":"ana"}"#)
        try bench.run(ana, "comment.delete", #"{"stream":"a","id":"\#(id)"}"#)
        #expect(bench.eventTypes(link).last == "comment.deleted")
    }
}
