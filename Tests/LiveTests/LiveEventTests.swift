// SPDX-License-Identifier: Apache-2.0

import Channels
import Live
import Testing

@Suite struct LiveEventTests {
    private static func text(_ event: LiveEvent, offset: UInt64? = 5) -> String {
        String(
            decoding: event.publication(
                offset: offset,
                generation: 2,
                at: Timestamp(milliseconds: 1_000)
            ),
            as: UTF8.self
        )
    }

    private static func wrapped(_ members: String) -> String {
        #"{"data":{\#(members),"generation":2,"at":1000},"offset":5}"#
    }

    @Test func encodesEveryEvent() {
        var stream = LiveStream(id: "a")
        stream.startedAt = Timestamp(milliseconds: 400)
        stream.endedAt = Timestamp(milliseconds: 1_000)
        stream.commentCount = 3
        stream.finalPeakViewers = 2
        stream.finalUniqueViewers = 4
        let totals = StreamTotals(of: stream)
        let totalsText =
            #""totals":{"duration_ms":600,"peak_viewers":2,"unique_viewers":4,"comments":3}"#
        let comment = LiveEvent.Comment(
            id: "e-5",
            text: "a\"b",
            user: "ana",
            name: "Ana",
            replyTo: "e-1"
        )
        let anonymous = LiveEvent.Comment(id: "e-5", text: "x", user: "", name: "", replyTo: nil)
        let expected: [(LiveEvent, String)] = [
            (
                .started(title: "T", meta: Array(#"{"k":1}"#.utf8)),
                #""type":"live.started","title":"T","meta":{"k":1}"#
            ),
            (
                .updated(title: "", meta: Array("{}".utf8)),
                #""type":"live.updated","title":"","meta":{}"#
            ),
            (.interrupted, #""type":"live.interrupted""#),
            (.resumed, #""type":"live.resumed""#),
            (.stopped(reason: nil, totals: totals), #""type":"live.stopped",\#(totalsText)"#),
            (
                .stopped(reason: "bye", totals: totals),
                #""type":"live.stopped","reason":"bye",\#(totalsText)"#
            ),
            (.mode(slowSeconds: 5), #""type":"mode","slow_seconds":5"#),
            (
                .comment(comment),
                #""type":"comment","id":"e-5","text":"a\"b","user":"ana","name":"Ana","#
                    + #""reply_to":"e-1""#
            ),
            (.comment(anonymous), #""type":"comment","id":"e-5","text":"x","user":"""#),
            (.deletedComment(id: "e-5"), #""type":"comment","id":"e-5","deleted":true"#),
            (
                .commentDeleted(id: "e-5", by: "mod"),
                #""type":"comment.deleted","id":"e-5","by":"mod""#
            ),
            (
                .userTimeout(user: "u", seconds: 60, reason: "r", by: "mod"),
                #""type":"user.timeout","user":"u","seconds":60,"reason":"r","by":"mod""#
            ),
            (
                .userBan(user: "u", reason: nil, by: "mod"),
                #""type":"user.ban","user":"u","by":"mod""#
            ),
            (
                .userUnban(user: "u", reason: nil, by: "mod"),
                #""type":"user.unban","user":"u","by":"mod""#
            ),
        ]
        for (event, members) in expected {
            #expect(Self.text(event) == Self.wrapped(members))
            #expect(members.contains(#""type":"\#(event.type)""#))
        }
    }

    @Test func viewersAreNotInHistory() {
        let figures = ViewerFigures(viewers: 1, uniqueViewers: 2, peakViewers: 3)
        #expect(
            Self.text(.viewers(figures), offset: nil)
                == #"{"data":{"type":"viewers","viewers":1,"unique_viewers":2,"#
                + #""peak_viewers":3,"generation":2,"at":1000}}"#
        )
    }

    @Test func snapshotsAlwaysHaveAllMembers() {
        let figures = ViewerFigures(viewers: 1, uniqueViewers: 0, peakViewers: 0)
        let snapshot = StreamSnapshot(of: LiveStream(id: "a"), figures: figures)
        #expect(
            String(decoding: snapshot.json(), as: UTF8.self)
                == #"{"stream":"a","state":"offline","generation":0,"title":"","meta":{},"#
                + #""started_at":null,"ended_at":null,"viewers":1,"unique_viewers":0,"#
                + #""peak_viewers":0,"slow_seconds":0}"#
        )
        #expect(
            String(decoding: snapshot.json(withTotals: true), as: UTF8.self)
                .hasSuffix(
                    #","totals":{"duration_ms":0,"peak_viewers":0,"unique_viewers":0,"#
                        + #""comments":0}}"#
                )
        )
    }
}
