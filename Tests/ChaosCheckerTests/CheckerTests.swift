// SPDX-License-Identifier: Apache-2.0

import ChaosChecker
import Testing

@Suite struct CheckerTests {
    @Test func findsNothingInAGoodHistory() {
        var history = HistoryBuilder()
        history.request("host", .start(channel: "live:show"), .generation(1))
        history.subscribe("bob", at: 1)
        history.say("one", at: 2)
        history.see("bob", comment("one", at: 2))
        history.add("", .fault("kill-hub"))
        history.add("bob", .disconnected(reason: "reset"))
        history.say("two", at: 3)
        history.request("mod", .delete(channel: "live:show", comment: "e-2"))
        history.add("bob", .connected(worker: 1))
        history.subscribe(
            "bob",
            at: 4,
            recovered: true,
            missed: [comment("two", at: 3), event("comment.deleted", at: 4)]
        )
        history.add("", .healed)
        history.add("", .quiet)
        history.add("", .counted(channel: "live:show", expected: 1, seen: 0))
        history.add("", .counted(channel: "live:show", expected: 1, seen: 1))
        history.finish([
            event("live.started", at: 1), tombstone(at: 2), comment("two", at: 3),
            event("comment.deleted", at: 4),
        ])
        history.add("", .inventory(what: "processes", atStart: 5, now: 5))
        #expect(history.rules == [])
    }

    // MARK: Sequences

    @Test func aGapIsFound() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 0)
        history.subscribe("bob", at: 0)
        history.see("ana", comment("one", at: 1), comment("two", at: 2))
        history.see("bob", comment("two", at: 2))
        #expect(history.rules == [.sequenceIsGapless])
    }

    @Test func aDuplicateIsFound() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 0)
        history.see("ana", comment("one", at: 1), comment("one", at: 1))
        #expect(history.rules == [.sequenceHasNoDuplicate])
    }

    @Test func aLatePublicationIsFound() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 0)
        history.see("ana", comment("two", at: 2), comment("one", at: 1))
        #expect(history.rules == [.sequenceIsGapless, .sequenceHasNoDuplicate])
    }

    @Test func aRecoveryThatSkipsIsFound() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 3)
        history.subscribe("ana", at: 5, recovered: true, missed: [comment("five", at: 5)])
        #expect(history.rules == [.sequenceIsGapless])
    }

    @Test func aRecoveryThatEndsTooEarlyIsFound() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 3)
        history.subscribe("ana", at: 5, recovered: true, missed: [comment("four", at: 4)])
        #expect(history.rules == [.sequenceIsGapless])
    }

    @Test func aRecoveryThatRepeatsIsFound() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 0)
        history.see("ana", comment("one", at: 1))
        history.subscribe("ana", at: 1, recovered: true, missed: [comment("one", at: 1)])
        #expect(history.rules == [.sequenceHasNoDuplicate])
    }

    @Test func aGapThatWasToldIsNone() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 3)
        history.subscribe("ana", at: 9, recovered: false)
        history.see("ana", comment("ten", at: 10))
        #expect(history.rules == [])
    }

    @Test func lostHistoryIsFound() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 3)
        history.subscribe("ana", at: 0, epoch: "f", recovered: false)
        #expect(history.rules == [.historyIsNotLost])
    }

    @Test func disagreementIsFound() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 0)
        history.subscribe("bob", at: 0)
        history.see("ana", comment("one", at: 1))
        history.see("bob", comment("two", at: 1))
        #expect(history.rules == [.viewersAgree])
    }

    // MARK: Generations, counts, leaks

    @Test func aGenerationThatFallsIsFound() {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 0)
        history.see("ana", comment("one", at: 1, generation: 2))
        history.see("ana", comment("two", at: 2, generation: 1))
        #expect(history.rules == [.generationsRise])
    }

    @Test func anOldSnapshotIsFound() {
        var history = HistoryBuilder()
        history.request("host", .start(channel: "live:show"), .generation(2))
        history.wait(.seconds(1))
        history.subscribe("ana", at: 0, generation: 1)
        #expect(history.rules == [.generationsRise])
    }

    @Test func aStartWithAnOldGenerationIsFound() {
        var history = HistoryBuilder()
        history.request("host", .start(channel: "live:show"), .generation(2))
        history.request("host", .start(channel: "live:show"), .generation(2))
        #expect(history.rules == [.generationsRise])
    }

    @Test func aConnectionThatEndsWithoutReasonIsFound() {
        var history = HistoryBuilder()
        history.add("ana", .connected(worker: 1))
        history.add("", .fault("kill-worker 0", workers: [0]))
        history.add("ana", .disconnected(reason: "reset"))
        #expect(history.rules == [.connectionsStay])
    }

    @Test func aConnectionMayEndWithItsWorkerOrByItsClient() {
        var history = HistoryBuilder()
        history.add("ana", .connected(worker: 1))
        history.add("bob", .connected(worker: 0))
        history.add("", .fault("kill-worker 1", workers: [1]))
        history.add("ana", .disconnected(reason: "reset"))
        history.add("bob", .disconnected(reason: "wants to", isOwn: true))
        #expect(history.rules == [])
    }

    @Test func aCountThatIsWrongAfterTwoSecondsIsFound() {
        var history = HistoryBuilder()
        history.add("", .quiet)
        history.wait(.milliseconds(1_900))
        history.add("", .counted(channel: "live:show", expected: 3, seen: 4))
        #expect(history.rules == [])
        history.add("", .counted(channel: "live:show", expected: 3, seen: 4))
        #expect(history.rules == [.countsAreRight])
    }

    @Test func aCountWhileSomebodyComesIsNotJudged() {
        var history = HistoryBuilder()
        history.add("", .quiet)
        history.wait(.seconds(3))
        history.subscribe("late", at: 0)
        history.add("", .counted(channel: "live:show", expected: 3, seen: 2))
        #expect(history.rules == [])
    }

    @Test func aLeakIsFound() {
        var history = HistoryBuilder()
        history.add("", .inventory(what: "descriptors of a worker", atStart: 9, now: 10))
        #expect(history.rules == [.nothingLeaks])
    }

    @Test func whatIsOverdueIsFound() {
        var history = HistoryBuilder()
        history.add("", .overdue("a comment is acknowledged"))
        history.add("ana", .sentAway(reason: "3501"))
        #expect(history.rules == [.serviceComesBack, .clientsAreKept])
    }
}
