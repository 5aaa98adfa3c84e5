// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import JSON
import Live
import Testing

@Suite struct CommentTests {
    private let bench = HubBench()
    private let links: [LinkID]
    private let studio: BenchSession
    private let ana: BenchSession
    private let ben: BenchSession

    init() throws {
        links = [bench.link(worker: 0), bench.link(worker: 1)]
        studio = bench.attach(links[0], user: "studio", controls: ["a"])
        ana = bench.attach(links[0], user: "ana", name: "Ana")
        ben = bench.attach(links[1], user: "ben")
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        _ = try bench.subscribe(ana, "live:a")
        _ = try bench.subscribe(ben, "live:a")
        bench.clearInboxes()
    }

    private func send(
        _ session: BenchSession,
        _ text: String,
        more: String = ""
    ) throws(ErrorReply) -> String {
        let answer = try bench.run(
            session,
            "comment.send",
            #"{"stream":"a","text":"\#(text)"\#(more)}"#
        )
        return HubBench.parse(answer)?["id"]?.string ?? ""
    }

    private func refusal(_ session: BenchSession, _ text: String, more: String = "") -> ErrorCode? {
        bench.refusal(session, "comment.send", #"{"stream":"a","text":"\#(text)"\#(more)}"#)
    }

    @Test func everyWorkerSeesCommentsInOneOrder() throws {
        for number in 0..<3 {
            _ = try send(ana, "ana \(number)")
            _ = try send(ben, "ben \(number)")
        }
        let seen = links.map { bench.publications($0).filter { $0.offset > 0 } }
        #expect(seen[0] == seen[1])
        #expect(seen[0].map(\.offset) == [2, 3, 4, 5, 6, 7])
        #expect(
            seen[0].compactMap { HubBench.member("text", of: $0.json) }
                == ["ana 0", "ben 0", "ana 1", "ben 1", "ana 2", "ben 2"]
        )
        let first = try #require(seen[0].first)
        #expect(HubBench.member("user", of: first.json) == "ana")
        #expect(HubBench.member("name", of: first.json) == "Ana")
    }

    @Test func theAnswerSaysWhereTheCommentIs() throws {
        let answer = try bench.run(ana, "comment.send", #"{"stream":"a","text":"hi"}"#)
        let value = try #require(HubBench.parse(answer))
        let epoch = try #require(value["epoch"]?.string)
        #expect(value["offset"]?.integer == 2)
        #expect(value["id"]?.string == "\(epoch)-2")
        #expect(value["time"]?.integer == bench.now.milliseconds)
        let list = try bench.history(ana, "live:a", limit: 1, reverse: true)
        #expect(list.epoch == epoch)
        let newest = try #require(list.publications.first)
        #expect(HubBench.member("id", of: newest) == "\(epoch)-2")
    }

    @Test func repliesNameACommentOnTheStream() throws {
        let id = try send(ana, "first")
        _ = try send(ben, "second", more: #","reply_to":"\#(id)""#)
        let newest = try #require(bench.publications(links[0]).last { $0.offset > 0 })
        #expect(HubBench.member("reply_to", of: newest.json) == id)
        let epoch = id.prefix(8)
        // 1 is the start of the stream, which is no comment; 9 is not there yet.
        for wrong in ["x", "\(epoch)-1", "\(epoch)-9", "other000-2"] {
            #expect(refusal(ben, "third", more: #","reply_to":"\#(wrong)""#) == .unknownComment)
        }
        try bench.run(ana, "comment.delete", #"{"stream":"a","id":"\#(id)"}"#)
        #expect(refusal(ben, "third", more: #","reply_to":"\#(id)""#) == .unknownComment)
    }

    @Test func refusesCommentsOnWhatIsNotLive() throws {
        #expect(
            bench.refusal(ana, "comment.send", #"{"stream":"never","text":"hi"}"#)
                == .unknownStream
        )
        bench.detach(studio)
        // Interrupted: its viewers talk on.
        #expect(refusal(ana, "still here?") == nil)
        bench.pass(.seconds(30))
        #expect(refusal(ana, "gone") == .streamNotLive)
    }

    @Test func limitsRateSlowModeAndDuplicates() throws {
        for number in 0..<3 { #expect(refusal(ana, "\(number)") == nil) }
        #expect(refusal(ana, "3") == .tooManyRequests)
        bench.pass(.seconds(2))
        #expect(refusal(ana, "2") == .duplicateComment)
        try bench.run(studio, "live.mode", #"{"stream":"a","slow_seconds":10}"#)
        #expect(refusal(ana, "4") == .slowMode)
        let error = #expect(throws: ErrorReply.self) { try send(ana, "4") }
        #expect(error?.retryAfterMilliseconds == 8_000)
        let moderated = #"{"stream":"a","text":"by a moderator"}"#
        #expect(bench.refusal(ana, "comment.send", moderated, moderator: true) == nil)
        bench.pass(.seconds(10))
        #expect(refusal(ana, "4") == nil)
        #expect(bench.eventTypes(links[1]).contains("mode"))
        let mode = try bench.run(studio, "live.mode", #"{"stream":"a","slow_seconds":0}"#)
        #expect(HubBench.parse(mode)?["slow_seconds"]?.integer == 0)
    }

    @Test func aKeySentAgainMakesNoSecondComment() throws {
        let key = #","idempotency_key":"k""#
        let id = try send(ana, "once", more: key)
        #expect(try send(ana, "once", more: key) == id)
        #expect(bench.eventTypes(links[1]) == ["comment"])
        // Another user's key is another key, and so is the same one on another stream.
        #expect(try send(ben, "once", more: key) != id)
    }

    @Test func aDeletedCommentIsGoneFromHistoryAndReplays() throws {
        let start = try bench.history(ana, "live:a", limit: 0)
        let id = try send(ana, "secret words")
        _ = try send(ben, "after")
        #expect(
            bench.refusal(ben, "comment.delete", #"{"stream":"a","id":"\#(id)"}"#)
                == .permissionDenied
        )
        let deleted = try bench.run(ana, "comment.delete", #"{"stream":"a","id":"\#(id)"}"#)
        #expect(deleted == "{}")
        let list = try bench.history(ana, "live:a").publications
        #expect(list.count == 4)
        #expect(
            !list.contains { String(decoding: $0, as: UTF8.self).contains("secret words") }
        )
        let tombstone = try #require(HubBench.parse(list[1]))
        #expect(tombstone["data"]?["id"]?.string == id)
        #expect(tombstone["data"]?["deleted"]?.bool == true)
        #expect(tombstone["data"]?["type"]?.string == "comment")
        #expect(tombstone["offset"]?.integer == 2)
        #expect(bench.eventTypes(links[1]).last == "comment.deleted")

        let late = bench.attach(links[1])
        let position = Position(epoch: start.epoch, offset: start.offset)
        let replay = try bench.subscribe(late, "live:a", recover: position)
        #expect(replay.missed.publications == Array(list.dropFirst()))

        // Again changes nothing.
        let recordCount = bench.records.count
        try bench.run(ana, "comment.delete", #"{"stream":"a","id":"\#(id)"}"#)
        #expect(bench.records.count == recordCount)
    }

    @Test func moderatorsDeleteAnyCommentAndNothingElse() throws {
        let id = try send(ana, "text")
        try bench.run(
            studio,
            "comment.delete",
            #"{"stream":"a","id":"\#(id)"}"#,
            moderator: true
        )
        let news = try #require(bench.publications(links[1]).last { $0.offset > 0 })
        #expect(HubBench.member("by", of: news.json) == "studio")
        for wrong in ["x", "\(id.prefix(8))-1", "\(id.prefix(8))-99", "aaaaaaaa-2"] {
            #expect(
                bench.refusal(
                    studio,
                    "comment.delete",
                    #"{"stream":"a","id":"\#(wrong)"}"#,
                    moderator: true
                ) == .unknownComment
            )
        }
    }

    @Test func anAnonymousAuthorIsItsConnection() throws {
        let one = bench.attach(links[0])
        let other = bench.attach(links[0])
        let id = try send(one, "text")
        #expect(
            bench.refusal(other, "comment.delete", #"{"stream":"a","id":"\#(id)"}"#)
                == .permissionDenied
        )
        #expect(
            bench.refusal(one, "comment.delete", #"{"stream":"a","id":"\#(id)"}"#) == nil
        )
    }

    @Test func countsTheGenerationsComments() throws {
        _ = try send(ana, "1")
        let id = try send(ben, "2")
        try bench.run(ben, "comment.delete", #"{"stream":"a","id":"\#(id)"}"#)
        let stopped = try bench.run(studio, "live.stop", #"{"stream":"a"}"#)
        #expect(HubBench.parse(stopped)?["totals"]?["comments"]?.integer == 2)
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        let again = try bench.run(studio, "live.stop", #"{"stream":"a"}"#)
        #expect(HubBench.parse(again)?["totals"]?["comments"]?.integer == 0)
    }
}
