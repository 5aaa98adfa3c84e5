// SPDX-License-Identifier: Apache-2.0

import Channels
import ChaosChecker
import ClientProtocol
import Reactor
import TestSupport

/// Comments on random streams, one comment after the other, and repeats what got no answer.
final class Commenter {
    let participant: Participant
    let user: String
    private let theatre: Theatre
    private var generator: SeededGenerator
    private var count = 0

    private struct Draft {
        let stream: String
        let text: String
        /// Without a key it cannot be repeated: nobody knows whether it was accepted.
        let hasKey: Bool
    }

    init(_ user: String, in theatre: Theatre) throws {
        self.user = user
        self.theatre = theatre
        generator = theatre.generator()
        participant = Participant(
            user,
            token: try theatre.token(user, [.subscribe, .publish]),
            in: theatre
        )
        for stream in theatre.streams where Int.random(in: 0..<2, using: &generator) == 0 {
            participant.subscribe("live:" + stream)
        }
        next(after: 0...100)
    }

    private func next(after range: ClosedRange<Int64>) {
        pause(range) { [self] in
            guard !theatre.isOver,
                let stream = theatre.streams.randomElement(using: &generator)
            else { return }
            count += 1
            say(
                Draft(
                    stream: stream,
                    text: "\(user) says \(count)",
                    hasKey: Int.random(in: 0..<5, using: &generator) > 0
                )
            )
        }
    }

    private func say(_ draft: Draft) {
        let data =
            draft.hasKey
            ? rpcData([
                "stream": draft.stream, "text": draft.text, "idempotency_key": draft.text,
            ])
            : rpcData(["stream": draft.stream, "text": draft.text])
        let ask = HistoryEvent.Ask.comment(
            channel: "live:" + draft.stream,
            user: user,
            text: draft.text
        )
        participant.ask(ask, "comment.send", data) { [self] in took($0, draft) }
    }

    private func took(_ answer: HistoryEvent.Answer, _ draft: Draft) {
        switch answer {
        case .comment(let id, _, _):
            theatre.acknowledged(comment: id, on: draft.stream)
            next(after: 20...150)
        case .lost where draft.hasKey, .refused(ErrorCode.tooManyRequests.rawValue):
            // To the end, even when the run is over: what was acknowledged is to be known.
            pause(50...200) { [self] in say(draft) }
        default:
            next(after: 100...300)
        }
    }

    private func pause(_ range: ClosedRange<Int64>, _ action: @escaping () -> Void) {
        let wait = Duration.milliseconds(Int64.random(in: range, using: &generator))
        theatre.loop.schedule(after: wait, action)
    }
}
