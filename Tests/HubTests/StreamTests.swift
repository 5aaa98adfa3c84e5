// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import JSON
import Journal
import Live
import Manifest
import Testing

@Suite struct StreamTests {
    private let bench = HubBench()

    private static func generation(_ snapshot: String) -> Int64? {
        HubBench.parse(snapshot)?["generation"]?.integer
    }

    private static func state(_ snapshot: String) -> String? {
        HubBench.parse(snapshot)?["state"]?.string
    }

    @Test func aViewerSeesTheWholeLifeOfAStream() throws {
        let studio = bench.attach(bench.link(worker: 0), user: "ana", controls: ["a"])
        let viewerLink = bench.link(worker: 1)
        let viewer = bench.attach(viewerLink)
        let waiting = try bench.subscribe(viewer, "live:a")
        let before = try #require(HubBench.parse(waiting.data))
        #expect(before["state"]?.string == "offline" && before["generation"]?.integer == 0)
        #expect(before["viewers"]?.integer == 1)

        let snapshot = try bench.run(studio, "live.start", #"{"stream":"a","title":"One"}"#)
        #expect(Self.state(snapshot) == "live" && Self.generation(snapshot) == 1)
        try bench.run(studio, "live.update", #"{"stream":"a","meta":{"k":1}}"#)
        try bench.run(studio, "live.update", #"{"stream":"a","title":"One"}"#)
        let stopped = try bench.run(studio, "live.stop", #"{"stream":"a","reason":"bye"}"#)
        let totals = try #require(HubBench.parse(stopped)?["totals"])
        #expect(totals["peak_viewers"]?.integer == 1 && totals["unique_viewers"]?.integer == 1)
        #expect(
            bench.eventTypes(viewerLink) == ["live.started", "live.updated", "live.stopped"]
        )
        #expect(bench.publications(viewerLink).map(\.offset).filter { $0 > 0 } == [1, 2, 3])
    }

    @Test func refusesWhatDoesNotFitTheState() throws {
        let studio = bench.attach(bench.link(), user: "ana", controls: ["*"])
        for method in ["live.update", "live.stop", "live.get", "live.mode"] {
            #expect(bench.refusal(studio, method, #"{"stream":"a"}"#) == .unknownStream)
        }
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        #expect(bench.refusal(studio, "live.start", #"{"stream":"a"}"#) == .streamAlreadyLive)
        #expect(
            bench.refusal(studio, "live.stop", #"{"stream":"a","generation":2}"#)
                == .staleGeneration
        )
        try bench.run(studio, "live.stop", #"{"stream":"a","generation":1}"#)
        #expect(bench.refusal(studio, "live.stop", #"{"stream":"a"}"#) == .streamNotLive)
        #expect(
            bench.refusal(studio, "live.stop", #"{"stream":"a","generation":1}"#)
                == .streamNotLive
        )
        #expect(bench.refusal(studio, "live.update", #"{"stream":"a"}"#) == .streamNotLive)
        let get = try bench.run(studio, "live.get", #"{"stream":"a"}"#)
        #expect(Self.state(get) == "offline")
        let again = try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        #expect(Self.generation(again) == 2)
    }

    @Test func anIdempotencyKeyAnswersAsTheFirstTime() throws {
        let studio = bench.attach(bench.link(), user: "ana", controls: ["*"])
        let data = #"{"stream":"a","idempotency_key":"k"}"#
        let first = try bench.run(studio, "live.start", data)
        bench.pass(.seconds(1))
        let recordCount = bench.records.count
        #expect(try bench.run(studio, "live.start", data) == first)
        try bench.run(studio, "live.stop", #"{"stream":"a"}"#)
        #expect(try bench.run(studio, "live.start", data) == first)
        let other = bench.attach(bench.link(), user: "ben", controls: ["*"])
        #expect(bench.records.count > recordCount)
        let second = try bench.run(other, "live.start", data)
        #expect(Self.generation(second) == 2)
        bench.pass(.seconds(300))
        #expect(bench.refusal(studio, "live.start", data) == .streamAlreadyLive)
    }

    @Test func aRefreshedTokenControlsWhatItSaysAndNoMore() throws {
        let link = bench.link()
        let viewer = bench.attach(link)
        _ = try bench.subscribe(viewer, "live:a")
        let studio = bench.attach(link, user: "ana")
        bench.identify(studio, user: "ana", controls: ["a"])
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        bench.identify(studio, user: "ana", controls: ["*"])
        #expect(bench.eventTypes(link) == ["live.started"])
        bench.identify(studio, user: "ana", controls: ["b"])
        #expect(bench.eventTypes(link) == ["live.started", "live.interrupted"])
        bench.identify(studio, user: "ana", controls: ["a"])
        #expect(bench.eventTypes(link).last == "live.resumed")
        bench.detach(studio)
        #expect(bench.eventTypes(link).last == "live.interrupted")
    }

    @Test func isInterruptedAndResumedWithItsBroadcasters() throws {
        let studioLink = bench.link(worker: 0)
        let viewerLink = bench.link(worker: 1)
        let viewer = bench.attach(viewerLink)
        _ = try bench.subscribe(viewer, "live:a")
        let studio = bench.attach(studioLink, user: "ana", controls: ["a"])
        let second = bench.attach(viewerLink, user: "ben", controls: ["a*"])
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        bench.detach(studio)
        #expect(bench.eventTypes(viewerLink) == ["live.started"])
        bench.detach(second)
        #expect(bench.eventTypes(viewerLink) == ["live.started", "live.interrupted"])

        bench.pass(.seconds(29))
        let back = bench.attach(studioLink, user: "ana", controls: ["x", "*"])
        #expect(bench.eventTypes(viewerLink).last == "live.resumed")
        bench.pass(.seconds(60))
        #expect(bench.eventTypes(viewerLink).last == "live.resumed")

        bench.close(studioLink)
        #expect(bench.eventTypes(viewerLink).last == "live.interrupted")
        bench.pass(.milliseconds(29_999))
        #expect(bench.eventTypes(viewerLink).last == "live.interrupted")
        bench.pass(.milliseconds(1))
        #expect(bench.eventTypes(viewerLink).last == "live.stopped")
        let stopped = bench.publications(viewerLink).last { $0.offset > 0 }
        #expect(HubBench.member("reason", of: stopped?.json ?? []) == "interrupted")
        #expect(back.link == studioLink)
    }

    @Test func livesOnWithoutABroadcasterWhenToldTo() throws {
        let link = bench.link()
        let studio = bench.attach(link, user: "ana", controls: ["a"])
        try bench.run(studio, "live.start", #"{"stream":"a","keep":true}"#)
        bench.detach(studio)
        bench.pass(.seconds(3_600))
        let viewer = bench.attach(link)
        #expect(Self.state(try bench.run(viewer, "live.get", #"{"stream":"a"}"#)) == "live")
    }

    @Test func startedByOneWhoDoesNotControlItIsInterruptedAtOnce() throws {
        let session = bench.attach(bench.link(), user: "ana")
        try bench.run(session, "live.start", #"{"stream":"a"}"#)
        let snapshot = try bench.run(session, "live.get", #"{"stream":"a"}"#)
        #expect(Self.state(snapshot) == "interrupted")
    }

    @Test func anInterruptedStreamMayBeUpdatedAndStopped() throws {
        let link = bench.link()
        let studio = bench.attach(link, user: "ana", controls: ["a"])
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        bench.detach(studio)
        let other = bench.attach(link, user: "ben")
        let updated = try bench.run(other, "live.update", #"{"stream":"a","title":"T"}"#)
        #expect(Self.state(updated) == "interrupted")
        #expect(bench.refusal(other, "live.start", #"{"stream":"a"}"#) == .streamAlreadyLive)
        try bench.run(other, "live.stop", #"{"stream":"a"}"#)
        bench.pass(.seconds(60))
        let stops = bench.records.filter { record in
            if case .stream(let stream) = record { !stream.isRunning } else { false }
        }
        #expect(stops.count == 1)
    }

    @Test func flappingBroadcastersDoNotEndAStreamEarly() throws {
        let link = bench.link()
        var studio = bench.attach(link, user: "ana", controls: ["a"])
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        for _ in 0..<5 {
            bench.detach(studio)
            bench.pass(.seconds(20))
            studio = bench.attach(link, user: "ana", controls: ["a"])
            bench.pass(.seconds(1))
        }
        bench.detach(studio)
        bench.pass(.milliseconds(29_999))
        let viewer = bench.attach(link)
        let get = #"{"stream":"a"}"#
        #expect(Self.state(try bench.run(viewer, "live.get", get)) == "interrupted")
        bench.pass(.milliseconds(1))
        #expect(Self.state(try bench.run(viewer, "live.get", get)) == "offline")
    }

    @Test func listsInPagesWhatASessionMaySee() throws {
        let studio = bench.attach(bench.link(), user: "ana", controls: ["*"])
        for id in ["c", "a", "b", "d", "e"] {
            try bench.run(studio, "live.start", #"{"stream":"\#(id)"}"#)
        }
        try bench.run(studio, "live.stop", #"{"stream":"b"}"#)
        func page(_ list: LiveCommand.List) throws -> (ids: [String], cursor: String?) {
            guard
                case .result(let json) = try bench.request(
                    studio,
                    .live(.list(list), moderator: false)
                )
            else { return ([], nil) }
            let value = HubBench.parse(json)
            let ids = value?["streams"]?.elements.compactMap { $0["stream"]?.string }
            return (ids ?? [], value?["cursor"]?.string)
        }
        #expect(try page(.init(limit: 5)) == (["a", "b", "c", "d", "e"], nil))
        #expect(try page(.init(limit: 2)) == (["a", "b"], "b"))
        #expect(try page(.init(cursor: "b", limit: 2)) == (["c", "d"], "d"))
        #expect(try page(.init(cursor: "d", limit: 2)) == (["e"], nil))
        #expect(try page(.init(cursor: "zz", limit: 2)) == ([], nil))
        #expect(try page(.init(state: .offline, limit: 2)) == (["b"], nil))
        #expect(try page(.init(state: .live, limit: 2)) == (["a", "c"], "c"))
        #expect(
            try page(.init(limit: 9, visibleStreams: ["a", "d*"])) == (["a", "d"], nil)
        )
        #expect(try page(.init(limit: 9, visibleStreams: [])) == ([], nil))
    }

    @Test func forgetsTheStreamThatEndedFirstToMakeRoom() throws {
        let bench = HubBench { $0.live.maximumStreams = 2 }
        let link = bench.link()
        let studio = bench.attach(link, user: "ana", controls: ["*"])
        for _ in 0..<3 {
            try bench.run(studio, "live.start", #"{"stream":"a"}"#)
            try bench.run(studio, "live.stop", #"{"stream":"a"}"#)
        }
        bench.pass(.seconds(1))
        try bench.run(studio, "live.start", #"{"stream":"b"}"#)
        #expect(bench.refusal(studio, "live.start", #"{"stream":"c"}"#) == nil)
        #expect(bench.refusal(studio, "live.get", #"{"stream":"a"}"#) == .unknownStream)
        #expect(bench.core.state.logs["live:a"] == nil)
        // Both run: nothing may be forgotten.
        #expect(bench.refusal(studio, "live.start", #"{"stream":"a"}"#) == .limitExceeded)
        try bench.run(studio, "live.stop", #"{"stream":"b"}"#)
        // A stream that someone watches stays.
        let viewer = bench.attach(link)
        _ = try bench.subscribe(viewer, "live:b")
        #expect(bench.refusal(studio, "live.start", #"{"stream":"a"}"#) == .limitExceeded)
        bench.detach(viewer)
        // Its generation goes on above the forgotten one.
        let again = try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        #expect(Self.generation(again) == 4)
    }

    @Test func aNeverStartedStreamsChannelHoldsNothing() throws {
        let session = bench.attach(bench.link())
        for number in 0..<100 {
            _ = try bench.subscribe(session, "live:s\(number)")
            _ = try bench.request(session, .unsubscribe(channel: "live:s\(number)"))
        }
        #expect(bench.records.isEmpty)
        #expect(bench.core.state == HubState(options: bench.options))
    }
}
