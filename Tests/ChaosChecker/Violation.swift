// SPDX-License-Identifier: Apache-2.0

/// A promise that a history shows broken.
package struct Violation: Sendable {
    package enum Rule: String, CaseIterable, Sendable {
        case acknowledgedCommentIsKept = "an acknowledged comment is in history"
        case commentIsOnce = "a comment is there once"
        case acknowledgedPublicationIsKept = "an acknowledged publication is in its feed's history"
        case publicationIsOnce = "a publication is there, and seen, once"
        case sequenceIsGapless = "a viewer misses nothing, unless it was told so"
        case sequenceHasNoDuplicate = "a viewer sees nothing twice, and nothing late"
        case viewersAgree = "all see the same at a place"
        case historyIsNotLost = "the epoch stays, as no history was lost"
        case deletedStaysDeleted = "a deleted comment never comes back"
        case mutedStaysMuted = "a muted user's comment is not accepted"
        case generationsRise = "generations only rise"
        case refusedIsNotDone = "what was refused was not done"
        case countsAreRight = "counts are right within 2 s"
        case nothingLeaks = "no process and no descriptor leaks"
        case serviceComesBack = "the service comes back by itself"
        case connectionsStay = "no connection ends while its worker is well"
        case stopIsKept = "a stopped stream takes no comment"
        case clientsAreKept = "no client is sent away for good"
    }

    package let rule: Rule
    package let message: String
    /// The events of the history that show it: indices, ascending.
    package internal(set) var evidence: [Int]
}
