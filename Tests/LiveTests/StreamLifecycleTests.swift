// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Live
import Testing

@Suite struct StreamLifecycleTests {
    private enum Step: CaseIterable {
        case start
        case stop
        case stopStale
        case broadcasterGone
        case broadcasterBack
        case graceNotOver
        case graceOver
    }

    private enum Outcome: Equatable {
        case becomes(StreamState)
        case nothing
        case refused(ErrorCode)
    }

    private static let grace: Duration = .seconds(30)
    private static let interruptedAt = Timestamp(milliseconds: 1_000)

    private static func lifecycle(_ state: StreamState, keepsAlive: Bool = false) -> StreamLifecycle
    {
        StreamLifecycle(
            state: state,
            generation: 7,
            keepsAlive: keepsAlive,
            interruptedAt: state == .interrupted ? interruptedAt : nil
        )
    }

    private static func apply(_ step: Step, to lifecycle: inout StreamLifecycle) -> Outcome {
        do throws(ErrorReply) {
            let changed: Bool
            switch step {
            case .start:
                try lifecycle.start(keepsAlive: false, above: 0)
                changed = true
            case .stop:
                try lifecycle.stop(generation: 7)
                changed = true
            case .stopStale:
                try lifecycle.stop(generation: 6)
                changed = true
            case .broadcasterGone:
                changed = lifecycle.broadcasterGone(at: interruptedAt)
            case .broadcasterBack:
                changed = lifecycle.broadcasterBack()
            case .graceNotOver:
                changed = lifecycle.graceOver(
                    after: grace,
                    now: Timestamp(milliseconds: 30_999)
                )
            case .graceOver:
                changed = lifecycle.graceOver(
                    after: grace,
                    now: Timestamp(milliseconds: 31_000)
                )
            }
            return changed ? .becomes(lifecycle.state) : .nothing
        } catch {
            return ErrorCode(rawValue: error.code).map { .refused($0) } ?? .nothing
        }
    }

    @Test func everyStepInEveryState() {
        let table: [StreamState: [Step: Outcome]] = [
            .offline: [
                .start: .becomes(.live), .stop: .refused(.streamNotLive),
                .stopStale: .refused(.streamNotLive), .broadcasterGone: .nothing,
                .broadcasterBack: .nothing, .graceNotOver: .nothing, .graceOver: .nothing,
            ],
            .live: [
                .start: .refused(.streamAlreadyLive), .stop: .becomes(.offline),
                .stopStale: .refused(.staleGeneration),
                .broadcasterGone: .becomes(.interrupted), .broadcasterBack: .nothing,
                .graceNotOver: .nothing, .graceOver: .nothing,
            ],
            .interrupted: [
                .start: .refused(.streamAlreadyLive), .stop: .becomes(.offline),
                .stopStale: .refused(.staleGeneration), .broadcasterGone: .nothing,
                .broadcasterBack: .becomes(.live), .graceNotOver: .nothing,
                .graceOver: .becomes(.offline),
            ],
        ]
        for state in StreamState.allCases {
            for step in Step.allCases {
                var lifecycle = Self.lifecycle(state)
                let outcome = Self.apply(step, to: &lifecycle)
                #expect(outcome == table[state]?[step], "\(step) in \(state)")
                if outcome == .nothing {
                    #expect(lifecycle == Self.lifecycle(state))
                } else if case .refused = outcome {
                    #expect(lifecycle == Self.lifecycle(state))
                }
                #expect((lifecycle.interruptedAt != nil) == (lifecycle.state == .interrupted))
            }
        }
    }

    @Test func aStreamThatKeepsAliveIsNeverInterrupted() {
        var lifecycle = Self.lifecycle(.live, keepsAlive: true)
        #expect(Self.apply(.broadcasterGone, to: &lifecycle) == .nothing)
        #expect(lifecycle.state == .live)
    }

    @Test func mediaThatIsGoneInterruptsWhoeverIsThere() {
        for keepsAlive in [false, true] {
            var lifecycle = Self.lifecycle(.live, keepsAlive: keepsAlive)
            let interrupts = lifecycle.mediaGone(at: Self.interruptedAt)
            #expect(interrupts)
            #expect(lifecycle.state == .interrupted)
            #expect(lifecycle.interruptedAt == Self.interruptedAt)
            let later = Timestamp(milliseconds: 2_000)
            let again = lifecycle.mediaGone(at: later)
            #expect(!again)
            #expect(lifecycle.interruptedAt == Self.interruptedAt)
            let comesBack = lifecycle.broadcasterBack()
            #expect(!comesBack)
            let resumes = lifecycle.mediaBack(isControlled: false)
            #expect(resumes == keepsAlive)
            #expect(lifecycle.state == (keepsAlive ? .live : .interrupted))
            let isBack = lifecycle.broadcasterBack()
            #expect(isBack == !keepsAlive)
        }
    }

    @Test func aNewGenerationHasItsMedia() throws {
        var lifecycle = Self.lifecycle(.live)
        _ = lifecycle.mediaGone(at: Self.interruptedAt)
        try lifecycle.stop(generation: nil)
        try lifecycle.start(keepsAlive: false, above: 0)
        #expect(!lifecycle.mediaIsGone)
    }

    @Test func everyStartRaisesTheGeneration() throws {
        var lifecycle = StreamLifecycle()
        for generation in UInt64(1)...3 {
            try lifecycle.start(keepsAlive: true, above: 0)
            #expect(lifecycle.generation == generation)
            try lifecycle.stop(generation: nil)
            #expect(lifecycle.generation == generation)
            #expect(!lifecycle.keepsAlive)
        }
        try lifecycle.start(keepsAlive: false, above: 40)
        #expect(lifecycle.generation == 41)
    }
}
