// SPDX-License-Identifier: Apache-2.0

import Hub
import HubLink
import JSON
import Journal
import Live
import Manifest
import Testing

/// What plugins are told once on a node.
@Suite struct NoticeTests {
    private let bench = HubBench()

    private func start(_ stream: String, on link: LinkID) throws {
        try bench.call(bench.attachPlugin(link), "live.start", #"{"stream":"\#(stream)"}"#)
    }

    private func ids(_ bench: HubBench, _ link: LinkID) -> [String] {
        bench.messages(link).compactMap { message in
            if case .notice(let notice) = message { notice.id } else { nil }
        }
    }

    @Test func oneWorkerIsToldWhatHappens() throws {
        let other = bench.link(worker: 0)
        let first = bench.link(worker: 1, takesNotices: true)
        let second = bench.link(worker: 2, takesNotices: true)
        let plugin = bench.attachPlugin(other)
        try bench.call(plugin, "live.start", #"{"stream":"a","title":"T"}"#)
        try bench.call(plugin, "live.update", #"{"stream":"a","title":"U"}"#)
        try bench.call(plugin, "live.interrupt", #"{"stream":"a"}"#)
        try bench.call(plugin, "live.resume", #"{"stream":"a"}"#)
        try bench.call(plugin, "live.stop", #"{"stream":"a","reason":"done"}"#)
        #expect(
            bench.notices(first) == [
                "started live.started a", "started live.updated a", "stopped live.interrupted a",
                "started live.resumed a", "stopped live.stopped a",
            ]
        )
        #expect(bench.notices(second).isEmpty)
        #expect(bench.notices(other).isEmpty)
        #expect(Set(ids(bench, first)).count == 5)
        guard case .notice(let last) = bench.messages(first).last else {
            Issue.record("no notice")
            return
        }
        let data = HubBench.parse(last.json)
        #expect(data?["id"]?.string == last.id)
        #expect(data?["reason"]?.string == "done")
        #expect(data?["snapshot"]?["title"]?.string == "U")
        #expect(data?["snapshot"]?["totals"]?.isObject == true)
    }

    @Test func withoutPluginsNothingIsKept() throws {
        let link = bench.link()
        try start("a", on: link)
        #expect(bench.notices(link).isEmpty)
        #expect(bench.core.state.notices.isEmpty)
    }

    @Test func whatAWorkerHadNotAcknowledgedIsToldToTheNext() throws {
        let third = bench.link(worker: 3)
        let first = bench.link(worker: 0, takesNotices: true)
        let far = bench.link(worker: 2, takesNotices: true)
        let near = bench.link(worker: 1, takesNotices: true)
        for stream in ["a", "b", "c"] { try start(stream, on: third) }
        let told = ids(bench, first)
        bench.receive(.noticeSeen(told[0]), from: first)
        bench.close(first)
        #expect(ids(bench, near) == [told[1], told[2]])
        #expect(ids(bench, far).isEmpty)
        // The worker that comes back waits for its turn.
        let back = bench.link(worker: 0, takesNotices: true)
        try start("d", on: third)
        #expect(ids(bench, back).isEmpty)
        #expect(ids(bench, near).count == 3)
        for id in ids(bench, near) { bench.receive(.noticeSeen(id), from: near) }
        #expect(bench.core.state.notices.isEmpty)
    }

    @Test func aWorkerMayBeginOrCeaseToTakeNotices() throws {
        let first = bench.link(worker: 0)
        // Nobody is to be told, so nothing is kept.
        try start("a", on: first)
        #expect(bench.core.state.notices.isEmpty)
        bench.receive(.takesNotices(true), from: first)
        try start("b", on: first)
        #expect(ids(bench, first).count == 1)
        let second = bench.link(worker: 1, takesNotices: true)
        #expect(ids(bench, second).isEmpty)
        bench.receive(.takesNotices(false), from: first)
        #expect(ids(bench, second) == ids(bench, first))
    }

    @Test func aNewHubTellsWhatWasNotAcknowledged() throws {
        let link = bench.link(takesNotices: true)
        try start("a", on: link)
        try start("b", on: link)
        let told = ids(bench, link)
        bench.receive(.noticeSeen(told[0]), from: link)
        let next = HubBench(takingUp: bench)
        let again = next.link(takesNotices: true)
        #expect(ids(next, again) == [told[1]])
        next.receive(.noticeSeen(told[1]), from: again)
        // Late news of what is off the list changes nothing.
        next.receive(.noticeSeen(told[1]), from: again)
        next.receive(.noticeSeen("made-up"), from: again)
        #expect(next.records.count == 1)
    }

    @Test func whatHappensWhileNoWorkerIsThereIsKept() throws {
        let link = bench.link(takesNotices: true)
        let studio = bench.attach(link, user: "ana", controls: ["*"])
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        for id in ids(bench, link) { bench.receive(.noticeSeen(id), from: link) }
        bench.close(link)
        let back = bench.link(takesNotices: true)
        #expect(bench.notices(back) == ["stopped live.interrupted a"])
    }

    @Test func aNodeWithoutPluginsForgetsWhatNobodyWillBeTold() throws {
        let link = bench.link(takesNotices: true)
        try start("a", on: link)
        let next = HubBench(takingUp: bench)
        #expect(next.core.state.notices.count == 1)
        _ = next.link()
        #expect(next.core.state.notices.isEmpty)
        #expect(next.records.count == 1)
    }

    @Test func tooManyNoticesMakeRoom() throws {
        let link = bench.link(takesNotices: true)
        let plugin = bench.attachPlugin(link)
        try bench.call(plugin, "live.start", #"{"stream":"a"}"#)
        for number in 2...HubOptions.maximumNotices {
            try bench.call(plugin, "live.update", #"{"stream":"a","title":"\#(number)"}"#)
        }
        let first = bench.core.state.notices.first
        #expect(bench.core.state.notices.count == HubOptions.maximumNotices)
        #expect(bench.core.droppedNoticeCount == 0)
        try bench.call(plugin, "live.stop", #"{"stream":"a"}"#)
        #expect(bench.core.state.notices.count == HubOptions.maximumNotices)
        #expect(bench.core.state.notices.first != first)
        #expect(bench.core.droppedNoticeCount == 1)
    }

    @Test func figuresGoToTheSameWorkerAndAreNotKept() throws {
        let link = bench.link(worker: 1, takesNotices: true)
        try start("a", on: link)
        let viewers = bench.link(worker: 2)
        let ana = bench.attach(viewers, user: "ana")
        _ = try bench.subscribe(ana, "live:a")
        func figures() -> [Int64] {
            bench.messages(link).compactMap { message in
                guard case .viewerFigures("a", let json) = message else { return nil }
                return HubBench.parse(json)?["viewers"]?.integer
            }
        }
        bench.pass(.seconds(1))
        #expect(figures().last == 1)
        let before = bench.records.count
        bench.detach(ana)
        bench.pass(.seconds(1))
        // Also when nobody is left.
        #expect(figures().last == 0)
        #expect(bench.records.count == before)
        let told = figures().count
        bench.pass(.seconds(5))
        #expect(figures().count == told)
    }

    @Test func whatIsSeenWhileNothingCanBeRecordedIsRecordedLater() throws {
        let link = bench.link(takesNotices: true)
        try start("a", on: link)
        var state = HubState(options: bench.options)
        for record in bench.records { state.apply(record) }
        var core = HubCore(
            options: bench.options,
            seed: 9,
            state: state,
            isReadOnly: true,
            now: bench.now
        )
        let id = try #require(core.state.notices.first?.id)
        let back = LinkID(rawValue: 1)
        _ = core.handle(.linkOpened(back), now: bench.now)
        let hello = WorkerMessage.hello(.init(worker: 0, pid: 1, takesNotices: true))
        _ = core.handle(.received(back, hello), now: bench.now)
        let seen = core.handle(.received(back, .noticeSeen(id)), now: bench.now)
        #expect(seen.isEmpty)
        let later = core.handle(.journalRecovered, now: bench.now)
        #expect(later.contains(.record(.noticeDone(id))))
    }
}
