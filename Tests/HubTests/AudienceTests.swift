// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hub
import HubLink
import JSON
import Live
import Testing

@Suite struct AudienceTests {
    private let bench = HubBench()
    private let links: [LinkID]
    private let studio: BenchSession

    init() {
        links = [bench.link(worker: 0), bench.link(worker: 1)]
        studio = bench.attach(links[0], user: "studio", controls: ["a"])
    }

    private func watch(_ link: LinkID, user: String = "") throws -> BenchSession {
        let session = bench.attach(link, user: user)
        _ = try bench.subscribe(session, "live:a")
        return session
    }

    private func start() throws {
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
    }

    @Test func countsConnectionsAndUsersOnAllWorkers() throws {
        try start()
        _ = try watch(links[0], user: "ana")
        #expect(bench.figures(links[0]) == ["1/1/1"])
        _ = try watch(links[1], user: "ana")
        _ = try watch(links[1])
        _ = try watch(links[1])
        bench.pass(.seconds(1))
        #expect(bench.figures(links[0]) == ["1/1/1", "4/3/4"])
        #expect(bench.figures(links[1]) == ["4/3/4"])
        #expect(bench.publications(links[1]).allSatisfy { $0.offset == 0 })
    }

    @Test func tellsAtMostOnceASecondAndOnlyChanges() throws {
        try start()
        for _ in 0..<50 {
            _ = try watch(links[0])
            bench.pass(.milliseconds(100))
        }
        #expect((5...6).contains(bench.figures(links[0]).count))
        bench.pass(.seconds(2))
        bench.clearInboxes()
        bench.pass(.seconds(10))
        #expect(bench.figures(links[0]).isEmpty)
        // Quiet for long: the next change is told at once.
        _ = try watch(links[0])
        #expect(bench.figures(links[0]) == ["51/51/51"])
        // Came and went within the second: nothing to tell.
        bench.pass(.milliseconds(10))
        bench.detach(try watch(links[0], user: ""))
        bench.clearInboxes()
        bench.pass(.seconds(5))
        #expect(bench.figures(links[0]) == ["51/52/52"])
    }

    @Test func whoOnlyLooksInNowAndThenIsNoViewer() throws {
        let poller = bench.attach(links[1], user: "ana", isViewer: false)
        _ = try bench.subscribe(poller, "live:a")
        try start()
        _ = try watch(links[0], user: "bob")
        #expect(bench.figures(links[0]) == ["1/1/1"])
        bench.clearInboxes()
        bench.detach(poller)
        let other = bench.attach(links[1], isViewer: false)
        _ = try bench.subscribe(other, "live:a")
        bench.pass(.seconds(5))
        #expect(bench.figures(links[0]).isEmpty)
        _ = try watch(links[0])
        #expect(bench.figures(links[0]) == ["2/2/2"])
    }

    @Test func aDeadWorkersViewersAreGoneAtOnceInOneCount() throws {
        try start()
        _ = try watch(links[0])
        for _ in 0..<20 { _ = try watch(links[1]) }
        bench.pass(.seconds(5))
        bench.clearInboxes()
        bench.close(links[1])
        #expect(bench.figures(links[0]) == ["1/21/21"])
    }

    @Test func whoWaitedIsTheFirstAudience() throws {
        _ = try watch(links[0], user: "ana")
        _ = try watch(links[0], user: "ana")
        bench.detach(try watch(links[1], user: "gone"))
        bench.pass(.seconds(1))
        // Nobody is told figures of a stream that was never started.
        #expect(bench.figures(links[0]).isEmpty)
        try start()
        #expect(bench.figures(links[0]) == ["2/1/2"])
    }

    @Test func everyGenerationCountsAnew() throws {
        try start()
        let early = try watch(links[0], user: "early")
        _ = try watch(links[0], user: "ana")
        bench.detach(early)
        let stopped = try bench.run(studio, "live.stop", #"{"stream":"a"}"#)
        let totals = HubBench.parse(stopped)?["totals"]
        #expect(totals?["unique_viewers"]?.integer == 2)
        #expect(totals?["peak_viewers"]?.integer == 2)
        // An ended generation's figures stand, but its viewers come and go.
        _ = try watch(links[0], user: "late")
        bench.pass(.seconds(2))
        #expect(bench.figures(links[0]).last == "2/2/2")
        try start()
        bench.pass(.seconds(2))
        bench.detach(try watch(links[0], user: "new"))
        bench.pass(.seconds(2))
        #expect(bench.figures(links[0]).last == "2/3/3")
    }

    @Test func theSnapshotCountsTheSubscriberItself() throws {
        try start()
        let session = bench.attach(links[0])
        let reply = try bench.subscribe(session, "live:a")
        let snapshot = try #require(HubBench.parse(reply.data))
        #expect(snapshot["viewers"]?.integer == 1)
        #expect(snapshot["unique_viewers"]?.integer == 1)
        #expect(snapshot["peak_viewers"]?.integer == 1)
    }
}
