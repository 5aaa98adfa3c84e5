// SPDX-License-Identifier: Apache-2.0

import ChaosChecker
import Testing

/// What the checker says of feeds.
@Suite struct FeedRuleTests {
    private static let logged = "log:notes"
    private static let plain = "plain:notes"

    private func rules(_ events: [HistoryEvent.What]) -> [Violation.Rule] {
        Checker.check(
            events.enumerated().map { HistoryEvent(.milliseconds($0), "ann", $1) }
        ).map(\.rule)
    }

    private func entry(_ offset: UInt64, _ text: String) -> HistoryEvent.Entry {
        .init(
            offset,
            Content(json: #"{"text":"\#(text)"}"#, type: "", generation: 0, at: 0, text: text)
        )
    }

    private func history(_ texts: [String]) -> HistoryEvent.What {
        .finalHistory(
            channel: Self.logged,
            epoch: "e",
            askedAt: .zero,
            texts.enumerated().map { entry(UInt64($0) + 1, $1) }
        )
    }

    private func asked(_ answer: HistoryEvent.Answer, on channel: String) -> [HistoryEvent.What] {
        [
            .asked(request: 1, .publish(channel: channel, text: "one")),
            .answered(request: 1, answer),
        ]
    }

    @Test func whatWasAcknowledgedIsInHistoryOnce() {
        let done = asked(.done, on: Self.logged)
        #expect(rules(done + [history(["one"])]).isEmpty)
        #expect(rules(done + [history([])]) == [.acknowledgedPublicationIsKept])
        #expect(rules(done + [history(["one", "one"])]) == [.publicationIsOnce])
    }

    @Test func whatWasLostMayBeThereAndNotTwice() {
        let lost = asked(.lost, on: Self.logged)
        #expect(rules(lost + [history([])]).isEmpty)
        #expect(rules(lost + [history(["one"])]).isEmpty)
        #expect(rules(lost + [history(["one", "one"])]) == [.publicationIsOnce])
    }

    @Test func whatWasRefusedIsNotThere() {
        let refused = asked(.refused(code: 108), on: Self.logged)
        #expect(rules(refused + [history(["one"])]) == [.refusedIsNotDone])
        let plain = asked(.refused(code: 108), on: Self.plain)
        #expect(rules(plain + [.told(channel: Self.plain, text: "one")]) == [.refusedIsNotDone])
    }

    @Test func whatIsNotKeptIsSeenOnce() {
        let told = HistoryEvent.What.told(channel: Self.plain, text: "one")
        #expect(rules(asked(.done, on: Self.plain) + [told]).isEmpty)
        #expect(rules(asked(.done, on: Self.plain)).isEmpty, "nor is it promised to be seen")
        #expect(rules(asked(.lost, on: Self.plain) + [told, told]) == [.publicationIsOnce])
    }
}
