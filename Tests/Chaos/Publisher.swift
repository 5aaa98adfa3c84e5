// SPDX-License-Identifier: Apache-2.0

import Channels
import ChaosChecker
import Client
import ClientProtocol
import Reactor
import TestSupport

/// Publishes on the feeds, one publication after the other; none twice, for publishing has no
/// idempotency key.
final class Publisher {
    let participant: Participant
    private let name: String
    private let theatre: Theatre
    private var generator: SeededGenerator
    private var count = 0

    init(_ name: String, in theatre: Theatre) throws {
        self.name = name
        self.theatre = theatre
        generator = theatre.generator()
        participant = Participant(name, token: try theatre.token(name, [.subscribe]), in: theatre)
        for feed in Theatre.feeds { participant.subscribe(feed) }
        next()
    }

    private func next() {
        let wait = Duration.milliseconds(Int64.random(in: 20...150, using: &generator))
        theatre.loop.schedule(after: wait) { [self] in
            guard !theatre.isOver,
                let feed = Theatre.feeds.randomElement(using: &generator)
            else { return }
            count += 1
            participant.publish("\(name) says \(count)", on: feed) { [self] in next() }
        }
    }
}
