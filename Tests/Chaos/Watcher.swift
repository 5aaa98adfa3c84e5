// SPDX-License-Identifier: Apache-2.0

import Client
import Reactor
import TestSupport

/// A seat in the audience, and how whoever sits there behaves.
final class Watcher {
    enum Manner: Int, CaseIterable {
        case steady
        /// Loses its connection now and then, and comes back.
        case flighty
        /// Stops reading for a while.
        case slow
        /// Leaves, and another comes, who knows nothing.
        case changing
    }

    private(set) var participant: Participant
    private let manner: Manner
    private let theatre: Theatre
    private let name: String
    private var successors = 0

    init(_ index: Int, in theatre: Theatre) {
        self.theatre = theatre
        name = "viewer-\(index)"
        manner = Manner.allCases[index % Manner.allCases.count]
        participant = Participant(name, in: theatre)
        var generator = theatre.generator()
        sitDown(&generator)
        guard manner != .steady else { return }
        theatre.repeatedly(every: 500...4_000, generator) { [unowned self] in act(&$0) }
    }

    private func sitDown(_ generator: inout SeededGenerator) {
        let count = Int.random(in: 1...theatre.streams.count, using: &generator)
        for stream in theatre.streams.shuffled(using: &generator).prefix(count) {
            participant.subscribe("live:" + stream)
        }
        for feed in Theatre.feeds where Bool.random(using: &generator) {
            participant.subscribe(feed)
        }
    }

    private func act(_ generator: inout SeededGenerator) {
        guard !theatre.isCalm else { return }
        switch manner {
        case .steady: break
        case .flighty: participant.breakConnection()
        case .slow:
            guard let transport = participant.client.openTransport else { return }
            transport.pauseReading()
            let wait = Duration.milliseconds(Int64.random(in: 200...2_500, using: &generator))
            theatre.loop.schedule(after: wait) { transport.resumeReading() }
        case .changing:
            participant.leave()
            successors += 1
            participant = Participant("\(name).\(successors)", in: theatre)
            sitDown(&generator)
        }
    }
}
