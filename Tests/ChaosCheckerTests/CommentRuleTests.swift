// SPDX-License-Identifier: Apache-2.0

import ChaosChecker
import Testing

@Suite struct CommentRuleTests {
    private let channel = "live:show"

    // MARK: Kept, and once

    @Test func anAcknowledgedCommentThatIsGoneIsFound() {
        var history = HistoryBuilder()
        history.say("one", at: 1)
        history.say("two", at: 2)
        history.finish([comment("one", at: 1)])
        #expect(history.rules == [.acknowledgedCommentIsKept])
    }

    @Test func anAcknowledgedCommentOfAnotherEpochIsFound() {
        var history = HistoryBuilder()
        history.say("one", at: 1)
        history.finish([comment("one", at: 1)], epoch: "f")
        #expect(Set(history.rules).isSuperset(of: [.acknowledgedCommentIsKept, .historyIsNotLost]))
    }

    @Test func anotherCommentInItsPlaceIsFound() {
        var history = HistoryBuilder()
        history.say("one", at: 1)
        history.finish([comment("two", at: 1)])
        #expect(history.rules == [.acknowledgedCommentIsKept])
    }

    @Test func aCommentThatIsThereTwiceIsFound() {
        var history = HistoryBuilder()
        history.say("one", at: 1)
        history.finish([comment("one", at: 1), comment("one", at: 2)])
        #expect(history.rules == [.commentIsOnce])
    }

    @Test func aRepeatedRequestThatIsDoneTwiceIsFound() {
        var history = HistoryBuilder()
        history.say("one", at: 1)
        history.say("one", at: 2)
        #expect(history.rules == [.commentIsOnce])
    }

    @Test func aLostAnswerMayMeanEither() {
        var history = HistoryBuilder()
        let ask = HistoryEvent.Ask.comment(channel: channel, user: "ana", text: "one")
        history.request("ana", ask, .lost)
        history.request("ana", ask, .refused(code: 400))
        history.finish([])
        #expect(history.rules == [])
        history.finish([comment("one", at: 1)])
        #expect(history.rules == [])
    }

    @Test func aRefusedCommentThatIsThereIsFound() {
        var history = HistoryBuilder()
        history.request(
            "ana",
            .comment(channel: channel, user: "ana", text: "one"),
            .refused(code: 400)
        )
        history.finish([comment("one", at: 1)])
        #expect(history.rules == [.refusedIsNotDone])
    }

    @Test func aCommentOnAStoppedStreamIsFound() {
        var history = HistoryBuilder()
        history.subscribe("bob", at: 0)
        history.request("host", .start(channel: channel), .generation(1))
        history.request("host", .stop(channel: channel), .generation(1))
        history.say("one", at: 1)
        history.see("bob", comment("one", at: 1))
        #expect(history.rules == [.stopIsKept])
    }

    // MARK: Deleted

    @Test func aDeletedCommentThatComesBackIsFound() {
        var history = HistoryBuilder()
        history.subscribe("bob", at: 0)
        history.say("one", at: 1)
        history.request("mod", .delete(channel: channel, comment: "e-1"))
        history.wait(.seconds(1))
        history.subscribe("bob", at: 1, recovered: true, missed: [comment("one", at: 1)])
        #expect(history.rules == [.deletedStaysDeleted])
    }

    @Test func aDeletedCommentInHistoryIsFound() {
        var history = HistoryBuilder()
        history.say("one", at: 1)
        history.request("mod", .delete(channel: channel, comment: "e-1"))
        history.wait(.seconds(1))
        history.finish([comment("one", at: 1)])
        #expect(history.rules == [.deletedStaysDeleted])
    }

    @Test func anAnswerThatWasOnItsWayIsNoReturn() {
        var history = HistoryBuilder()
        history.say("one", at: 1)
        let askedAt = history.now
        history.request("mod", .delete(channel: channel, comment: "e-1"))
        history.add(
            "historian",
            .history(channel: channel, epoch: "e", askedAt: askedAt, [comment("one", at: 1)])
        )
        #expect(history.rules == [])
    }

    @Test func aTombstoneThatNobodyWantedIsFound() {
        var history = HistoryBuilder()
        history.say("one", at: 1)
        history.finish([tombstone(at: 1)])
        #expect(history.rules == [.acknowledgedCommentIsKept])
    }

    // MARK: Muted

    @Test func aBannedUsersCommentIsFound() {
        var history = HistoryBuilder()
        history.request("mod", .ban(channel: channel, user: "ana"))
        history.say("one", at: 1)
        #expect(history.rules == [.mutedStaysMuted])
    }

    @Test func aCommentAfterTheUnbanIsFine() {
        var history = HistoryBuilder()
        history.request("mod", .ban(channel: channel, user: "ana"))
        history.request("mod", .unban(channel: channel, user: "ana"))
        history.say("one", at: 1)
        #expect(history.rules == [])
    }

    @Test func aCommentThatWasAskedBeforeTheBanIsFine() {
        var history = HistoryBuilder()
        let ask = HistoryEvent.Ask.comment(channel: channel, user: "ana", text: "one")
        history.add("ana", .asked(request: 100, ask))
        history.request("mod", .ban(channel: channel, user: "ana"))
        history.add("ana", .answered(request: 100, .comment(id: "e-1", epoch: "e", offset: 1)))
        #expect(history.rules == [])
    }

    @Test func aTimeoutHoldsUntilItsEnd() {
        var history = HistoryBuilder()
        history.request("mod", .timeout(channel: channel, user: "ana", seconds: 2))
        history.say("early", at: 1)
        #expect(history.rules == [.mutedStaysMuted])
        history = HistoryBuilder()
        history.request("mod", .timeout(channel: channel, user: "ana", seconds: 2))
        history.wait(.seconds(2))
        history.say("late", at: 1)
        #expect(history.rules == [])
    }

    @Test func theOrderOfTheHistoryTellsOfTheMuted() {
        var history = HistoryBuilder()
        history.finish([
            event("user.ban", at: 1, user: "ana"), comment("one", at: 2, by: "ana"),
        ])
        #expect(history.rules == [.mutedStaysMuted])
        history = HistoryBuilder()
        history.finish([
            event("user.timeout", at: 1, user: "ana", seconds: 1, time: 0),
            comment("one", at: 2, by: "ana", time: 999),
            comment("two", at: 3, by: "ana", time: 1_000),
        ])
        #expect(history.rules == [.mutedStaysMuted])
    }

    // MARK: The story

    @Test func aViolationIsToldWithItsFaultsAndNobodyElse() throws {
        var history = HistoryBuilder()
        history.subscribe("ana", at: 0)
        history.subscribe("bob", at: 0)
        history.subscribe("cem", at: 0)
        history.see("ana", comment("one", at: 1))
        history.add("", .fault("kill-worker 1"))
        history.add("bob", .disconnected(reason: "reset"))
        history.add("cem", .disconnected(reason: "reset"))
        history.subscribe("bob", at: 1, recovered: true)
        var checker = Checker()
        for event in history.events { checker.take(event) }
        let violation = try #require(checker.violations.first)
        let lines = Story(checker).lines(of: violation)
        #expect(lines.contains { $0.contains("*** kill-worker 1") })
        #expect(lines.contains { $0.contains("bob: disconnected") })
        #expect(!lines.contains { $0.contains("cem") })
    }
}
