// SPDX-License-Identifier: Apache-2.0

package import Channels

/// Decides when the write-ahead log is saved into the journal's file, and who does it.
///
/// Saving waits for the disk, so it is another process's work, the *checkpointer*'s: it saves while
/// the hub goes on writing. The log begins anew only when all of it is saved, which under load it
/// never would be: so when the log is long, or has a deleted text in it, the hub lets its commits
/// wait for the last and short part of the work. Only where there is no checkpointer, or it cannot
/// keep up, does the hub save the log itself.
///
/// A value without a clock: events in, the next thing to do out.
package struct CheckpointPlan: Hashable, Sendable {
    /// Frames of one page of 4 KiB that are saved in one go: 4 MiB.
    package static let savedFrameCount = 1_024
    /// From this length on (64 MiB) commits wait so that the log can begin anew.
    package static let longLogFrameCount = 16_384
    /// At this length (256 MiB) the hub saves the log itself, whatever the checkpointer does.
    package static let maximumFrameCount = 65_536
    /// What may be left to save while commits wait: 2 MiB, some milliseconds of work.
    package static let heldFrameCount = 512
    /// Rounds after which commits wait even if more than that is left.
    package static let maximumRoundCount = 4
    /// Commits wait no longer than this.
    package static let maximumHold: Duration = .milliseconds(100)
    /// After an attempt that failed, or that somebody who reads the journal was in the way of.
    package static let retryInterval: Duration = .seconds(1)
    /// A checkpointer that does not answer for so long hangs.
    package static let answerTimeout: Duration = .seconds(30)
    /// A deleted text that is still in the log after this is the hub's own work, whatever the
    /// checkpointer is doing.
    package static let erasureTimeout: Duration = .seconds(5)

    package enum Action: Hashable, Sendable {
        /// Let the checkpointer save what is in the log.
        case ask
        /// Save the log here and now.
        case save
        /// The same, and make its file empty; costs little where all is saved already.
        case empty
        /// End the checkpointer, which hangs.
        case dismiss
    }

    private struct Request: Hashable {
        let at: Timestamp
        /// Whether commits wait for it, or did for as long as they may.
        let isHeld: Bool
        var isHolding: Bool
    }

    /// Whether there is a checkpointer to ask.
    package private(set) var hasCheckpointer = false
    private var request: Request?
    /// Frames in the log since it began.
    private var frameCount = 0
    /// Of these, how many are saved.
    private var savedCount = 0
    /// Since when the log may have a deleted text; nil: it has none.
    private var erasedSince: Timestamp?
    /// Whether it is time to see to deleted texts: those of a second go together.
    private var isErasureDue = false
    private var roundCount = 0
    /// Whether the next request is one that commits wait for.
    private var holdsNext = false
    private var restsUntil: Timestamp?

    package init() {}

    /// Whether commits wait.
    package var isHolding: Bool { request?.isHolding ?? false }

    // MARK: Events

    /// A commit was written; `frameCount`: how many frames the log has now.
    package mutating func committed(frameCount count: Int) {
        // The log begins anew with a commit that finds all of it saved.
        if count < frameCount || savedCount >= frameCount { savedCount = 0 }
        frameCount = count
    }

    /// The log may have a text that is deleted.
    package mutating func erased(now: Timestamp) {
        if erasedSince == nil { erasedSince = now }
    }

    /// To be called once a second.
    package mutating func tick() {
        isErasureDue = erasedSince != nil
    }

    package mutating func checkpointerStarted() {
        hasCheckpointer = true
        restsUntil = nil
    }

    package mutating func checkpointerEnded() {
        hasCheckpointer = false
        request = nil
        startOver()
    }

    /// The checkpointer has saved the first `count` frames.
    package mutating func answered(savedFrameCount count: Int, now: Timestamp) {
        let wasHeld = request?.isHeld ?? false
        request = nil
        savedCount = count
        guard count < frameCount else { return startOver() }
        guard isErasureDue || frameCount >= Self.longLogFrameCount else { return startOver() }
        // Commits waited, and yet it is not whole: a reader is in the way, or the disk is slow.
        guard !wasHeld else { return rest(now) }
        roundCount += 1
        holdsNext =
            frameCount - count <= Self.heldFrameCount || roundCount >= Self.maximumRoundCount
    }

    /// The checkpointer, or the hub itself, could not save it.
    package mutating func failed(now: Timestamp) {
        request = nil
        rest(now)
    }

    /// The hub has saved the log; `isWhole`: nobody was in the way.
    package mutating func saved(isEmpty: Bool, isWhole: Bool, now: Timestamp) {
        guard isWhole else { return rest(now) }
        savedCount = frameCount
        startOver()
        guard isEmpty else { return }
        frameCount = 0
        savedCount = 0
        erasedSince = nil
        isErasureDue = false
    }

    // MARK: What to do

    /// The next thing to do; what it changes is taken as begun.
    package mutating func next(now: Timestamp) -> Action? {
        if let request { return wait(for: request, now: now) }
        if let restsUntil {
            guard restsUntil <= now else { return nil }
            self.restsUntil = nil
        }
        if isErasureDue, savedCount >= frameCount || !hasCheckpointer { return .empty }
        if let erasedSince, erasedSince + Self.erasureTimeout <= now { return .empty }
        let most = hasCheckpointer ? Self.maximumFrameCount : Self.longLogFrameCount
        // One that is saved as a whole begins anew with the next commit: until then nothing is left to do.
        if frameCount >= most, savedCount < frameCount { return .save }
        let unsavedCount = frameCount - savedCount
        let isDue =
            isErasureDue || roundCount > 0 || unsavedCount >= Self.savedFrameCount
            || unsavedCount > 0 && frameCount >= Self.longLogFrameCount
        guard isDue, hasCheckpointer else { return nil }
        request = Request(at: now, isHeld: holdsNext, isHolding: holdsNext)
        return .ask
    }

    private mutating func wait(for request: Request, now: Timestamp) -> Action? {
        if request.isHolding, request.at + Self.maximumHold <= now {
            self.request?.isHolding = false
        }
        let isLate =
            request.at + Self.answerTimeout <= now
            || erasedSince.map { $0 + Self.erasureTimeout <= now } ?? false
        guard isLate || frameCount >= Self.maximumFrameCount else { return nil }
        checkpointerEnded()
        return .dismiss
    }

    private mutating func rest(_ now: Timestamp) {
        startOver()
        restsUntil = now + Self.retryInterval
    }

    private mutating func startOver() {
        roundCount = 0
        holdsNext = false
    }
}
