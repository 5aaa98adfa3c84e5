// SPDX-License-Identifier: Apache-2.0

import Channels
import Journal
import Testing

/// Who saves the log, when, and when commits wait for it.
@Suite struct CheckpointPlanTests {
    private typealias Plan = CheckpointPlan

    private static func at(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: seconds * 1_000)
    }

    /// With a checkpointer, and a log of so many frames.
    private func plan(frames: Int, hasCheckpointer: Bool = true) -> CheckpointPlan {
        var plan = CheckpointPlan()
        if hasCheckpointer { plan.checkpointerStarted() }
        plan.committed(frameCount: frames)
        return plan
    }

    /// Asked again and again it would never end: the hub hung in its first second, before there is a
    /// checkpointer, once 64 MiB had come.
    @Test func longLogThatTheHubSavedItselfIsSavedOnce() {
        var plan = CheckpointPlan()
        plan.committed(frameCount: CheckpointPlan.longLogFrameCount)
        let now = Timestamp(milliseconds: 1_000)
        let first = plan.next(now: now)
        #expect(first == .save)
        plan.saved(isEmpty: false, isWhole: true, now: now)
        let second = plan.next(now: now)
        #expect(second == nil)
        // The log has begun anew, and is long again.
        plan.committed(frameCount: 1)
        plan.committed(frameCount: CheckpointPlan.longLogFrameCount)
        let third = plan.next(now: now)
        #expect(third == .save)
    }

    @Test func asksOnceForEachStretchOfTheLog() {
        var plan = plan(frames: Plan.savedFrameCount - 1)
        #expect(plan.next(now: Self.at(0)) == nil)
        plan.committed(frameCount: Plan.savedFrameCount)
        #expect(plan.next(now: Self.at(0)) == .ask)
        #expect(!plan.isHolding)
        #expect(plan.next(now: Self.at(0)) == nil, "one request at a time")
        plan.committed(frameCount: Plan.savedFrameCount + 10)
        plan.answered(savedFrameCount: Plan.savedFrameCount, now: Self.at(0))
        #expect(plan.next(now: Self.at(0)) == nil, "a short rest may stay")
        plan.committed(frameCount: 2 * Plan.savedFrameCount)
        #expect(plan.next(now: Self.at(0)) == .ask)
    }

    @Test func aLogThatBeganAnewIsNotSavedYet() {
        var plan = plan(frames: 2_000)
        #expect(plan.next(now: Self.at(0)) == .ask)
        plan.answered(savedFrameCount: 2_000, now: Self.at(0))
        plan.committed(frameCount: Plan.savedFrameCount)
        #expect(plan.next(now: Self.at(0)) == .ask)
    }

    @Test func commitsWaitForTheLastPartOfALongLog() {
        var plan = plan(frames: Plan.longLogFrameCount)
        #expect(plan.next(now: Self.at(0)) == .ask)
        #expect(!plan.isHolding, "not for the long part")
        plan.committed(frameCount: Plan.longLogFrameCount + Plan.heldFrameCount)
        plan.answered(savedFrameCount: Plan.longLogFrameCount, now: Self.at(0))
        #expect(plan.next(now: Self.at(0)) == .ask)
        #expect(plan.isHolding)
        plan.answered(
            savedFrameCount: Plan.longLogFrameCount + Plan.heldFrameCount,
            now: Self.at(0)
        )
        #expect(!plan.isHolding)
        #expect(plan.next(now: Self.at(0)) == nil)
    }

    @Test func commitsDoNotWaitWhileMuchIsLeftUntilThatDoesNotHelp() {
        var plan = plan(frames: Plan.longLogFrameCount)
        var frames = Plan.longLogFrameCount
        for _ in 0..<Plan.maximumRoundCount {
            #expect(plan.next(now: Self.at(0)) == .ask)
            #expect(!plan.isHolding)
            let saved = frames
            frames += Plan.heldFrameCount + 1
            plan.committed(frameCount: frames)
            plan.answered(savedFrameCount: saved, now: Self.at(0))
        }
        #expect(plan.next(now: Self.at(0)) == .ask)
        #expect(plan.isHolding)
    }

    @Test func commitsWaitForAMomentOnly() {
        var plan = plan(frames: Plan.longLogFrameCount)
        _ = plan.next(now: Self.at(0))
        plan.committed(frameCount: Plan.longLogFrameCount + 1)
        plan.answered(savedFrameCount: Plan.longLogFrameCount, now: Self.at(0))
        _ = plan.next(now: Self.at(0))
        let end = Self.at(0) + Plan.maximumHold
        #expect(plan.next(now: end + .milliseconds(-1)) == nil)
        #expect(plan.isHolding)
        #expect(plan.next(now: end) == nil)
        #expect(!plan.isHolding)
        // It came to nothing, so they do not wait again at once.
        plan.committed(frameCount: Plan.longLogFrameCount + 9)
        plan.answered(savedFrameCount: Plan.longLogFrameCount + 1, now: end)
        #expect(plan.next(now: end) == nil)
        #expect(plan.next(now: end + Plan.retryInterval) == .ask)
        #expect(!plan.isHolding)
    }

    @Test func aDeletedTextLeavesTheLogWhenAllOfItIsSaved() {
        var plan = plan(frames: 10)
        plan.erased(now: Self.at(0))
        #expect(plan.next(now: Self.at(0)) == nil, "those of a second go together")
        plan.tick()
        #expect(plan.next(now: Self.at(1)) == .ask)
        plan.committed(frameCount: 20)
        plan.answered(savedFrameCount: 10, now: Self.at(1))
        #expect(plan.next(now: Self.at(1)) == .ask)
        #expect(plan.isHolding)
        plan.answered(savedFrameCount: 20, now: Self.at(1))
        #expect(plan.next(now: Self.at(1)) == .empty)
        plan.saved(isEmpty: true, isWhole: true, now: Self.at(1))
        plan.tick()
        #expect(plan.next(now: Self.at(2)) == nil)
    }

    @Test func aDeletedTextWaitsForReadersAndIsTriedAgain() {
        var plan = plan(frames: 10)
        plan.erased(now: Self.at(0))
        plan.tick()
        _ = plan.next(now: Self.at(0))
        plan.answered(savedFrameCount: 10, now: Self.at(0))
        #expect(plan.next(now: Self.at(0)) == .empty)
        plan.saved(isEmpty: true, isWhole: false, now: Self.at(0))
        #expect(plan.next(now: Self.at(0)) == nil)
        #expect(plan.next(now: Self.at(1)) == .empty)
    }

    @Test func theHubItselfErasesWhatTheCheckpointerDidNot() {
        var plan = plan(frames: 10)
        plan.erased(now: Self.at(0))
        plan.tick()
        #expect(plan.next(now: Self.at(0)) == .ask)
        plan.failed(now: Self.at(0))
        let end = Self.at(0) + Plan.erasureTimeout
        #expect(plan.next(now: end + .milliseconds(-1)) == .ask)
        plan.failed(now: end + .milliseconds(-1_001))
        #expect(plan.next(now: end) == .empty)
    }

    @Test func aDeletedTextDoesNotWaitForACheckpointerThatHangs() {
        var plan = plan(frames: 10)
        plan.erased(now: Self.at(0))
        plan.tick()
        #expect(plan.next(now: Self.at(1)) == .ask)
        let end = Self.at(0) + Plan.erasureTimeout
        #expect(plan.next(now: end + .milliseconds(-1)) == nil)
        #expect(plan.next(now: end) == .dismiss)
        #expect(plan.next(now: end) == .empty)
    }

    @Test func withoutACheckpointerTheHubSavesALongLog() {
        var plan = plan(frames: Plan.longLogFrameCount - 1, hasCheckpointer: false)
        #expect(plan.next(now: Self.at(0)) == nil)
        plan.committed(frameCount: Plan.longLogFrameCount)
        #expect(plan.next(now: Self.at(0)) == .save)
        plan.saved(isEmpty: false, isWhole: true, now: Self.at(0))
        plan.committed(frameCount: 10)
        #expect(plan.next(now: Self.at(0)) == nil)
        plan.erased(now: Self.at(1))
        plan.tick()
        #expect(plan.next(now: Self.at(1)) == .empty)
    }

    @Test func aCheckpointerThatFallsBehindIsHelped() {
        var plan = plan(frames: Plan.savedFrameCount)
        #expect(plan.next(now: Self.at(0)) == .ask)
        plan.committed(frameCount: Plan.maximumFrameCount - 1)
        #expect(plan.next(now: Self.at(1)) == nil)
        plan.committed(frameCount: Plan.maximumFrameCount)
        #expect(plan.next(now: Self.at(1)) == .dismiss)
        #expect(plan.next(now: Self.at(1)) == .save)
    }

    @Test func aCheckpointerThatHangsIsEnded() {
        var plan = plan(frames: Plan.savedFrameCount)
        #expect(plan.next(now: Self.at(0)) == .ask)
        let end = Self.at(0) + Plan.answerTimeout
        #expect(plan.next(now: end + .milliseconds(-1)) == nil)
        #expect(plan.next(now: end) == .dismiss)
        #expect(!plan.hasCheckpointer)
    }

    @Test func commitsGoOnWhenTheCheckpointerDies() {
        var plan = plan(frames: Plan.longLogFrameCount)
        _ = plan.next(now: Self.at(0))
        plan.committed(frameCount: Plan.longLogFrameCount + 1)
        plan.answered(savedFrameCount: Plan.longLogFrameCount, now: Self.at(0))
        _ = plan.next(now: Self.at(0))
        #expect(plan.isHolding)
        plan.checkpointerEnded()
        #expect(!plan.isHolding)
    }
}
