// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import JSON
import Live
import Testing

@Suite struct ResumptionTests {
    private let bench = HubBench()

    private func resume(
        _ session: BenchSession,
        _ channel: String,
        _ position: Position?
    ) {
        bench.receive(
            .resume(
                .init(
                    channel: channel,
                    position: position,
                    subscribers: [.init(session: session.id)]
                )
            ),
            from: session.link
        )
    }

    private func offsets(_ link: LinkID) -> [UInt64] {
        bench.publications(link).map(\.offset).filter { $0 > 0 }
    }

    private func lost(_ link: LinkID) -> [String] {
        bench.messages(link).compactMap { message in
            if case .positionLost(let channel) = message { channel } else { nil }
        }
    }

    @Test func sendsAWorkerWhatItMissed() throws {
        let publisher = bench.attach(bench.link(), user: "ana")
        for number in 1...3 { try bench.publish(publisher, "log:1", "\(number)") }
        let epoch = try bench.history(publisher, "log:1").epoch
        let link = bench.link(worker: 1)
        resume(bench.attach(link), "log:1", Position(epoch: epoch, offset: 1))
        #expect(offsets(link) == [2, 3] && lost(link).isEmpty)
        try bench.publish(publisher, "log:1", "4")
        #expect(offsets(link) == [2, 3, 4])
    }

    @Test func saysWhenAPositionIsLost() throws {
        let publisher = bench.attach(bench.link(), user: "ana")
        for number in 1...9 { try bench.publish(publisher, "log:1", "\(number)") }
        let epoch = try bench.history(publisher, "log:1").epoch
        for position in [
            Position(epoch: "other", offset: 9), Position(epoch: epoch, offset: 3),
            Position(epoch: epoch, offset: 99),
        ] {
            let link = bench.link(worker: 1)
            resume(bench.attach(link), "log:1", position)
            #expect(lost(link) == ["log:1"] && offsets(link).isEmpty)
            // Subscribed all the same: whoever needs no position goes on.
            try bench.publish(publisher, "log:1", "10")
            #expect(!offsets(link).isEmpty)
        }
        let upToDate = bench.link(worker: 1)
        let top = try bench.history(publisher, "log:1", limit: 0).offset
        resume(bench.attach(upToDate), "log:1", Position(epoch: epoch, offset: top))
        #expect(lost(upToDate).isEmpty && offsets(upToDate).isEmpty)
    }

    @Test func takesTheEpochOfAnEmptyChannelFromTheFirstWorker() throws {
        let start = Position(epoch: "abcdefgh", offset: 0)
        let links = [bench.link(worker: 0), bench.link(worker: 1), bench.link(worker: 2)]
        let sessions = links.map { bench.attach($0, user: "ana") }
        resume(sessions[0], "log:1", start)
        resume(sessions[1], "log:1", start)
        resume(sessions[2], "log:1", Position(epoch: "otherone", offset: 0))
        #expect(links.map { lost($0) } == [[], [], ["log:1"]])
        try bench.publish(sessions[0], "log:1", "1")
        #expect(try bench.history(sessions[0], "log:1").epoch == "abcdefgh")
    }

    @Test func aHubThatLostEverythingSaysSo() throws {
        let link = bench.link()
        let session = bench.attach(link)
        resume(session, "live:a", Position(epoch: "abcdefgh", offset: 12))
        #expect(lost(link) == ["live:a"])
        resume(session, "room:1", nil)
        resume(session, "latest:1", nil)
        #expect(lost(link) == ["live:a"])
        resume(session, "no-such-channel", nil)
        #expect(lost(link) == ["live:a", "no-such-channel"])
    }

    @Test func countsResumedViewers() throws {
        let studio = bench.attach(bench.link(), user: "s", controls: ["a"])
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        let position = try bench.history(studio, "live:a", limit: 0)
        let link = bench.link(worker: 1)
        let viewer = bench.attach(link, user: "ana")
        resume(viewer, "live:a", Position(epoch: position.epoch, offset: position.offset))
        let snapshot = try bench.run(studio, "live.get", #"{"stream":"a"}"#)
        #expect(HubBench.parse(snapshot)?["viewers"]?.integer == 1)
        #expect(HubBench.parse(snapshot)?["unique_viewers"]?.integer == 1)
    }

    @Test func ignoresSubscribersItDoesNotKnow() {
        let link = bench.link()
        bench.receive(
            .resume(
                .init(
                    channel: "room:1",
                    position: nil,
                    subscribers: [.init(session: SessionID(rawValue: 99))]
                )
            ),
            from: link
        )
        #expect(bench.messages(link).count == 1)
        #expect(bench.dropped.isEmpty)
    }
}
