// SPDX-License-Identifier: Apache-2.0

import Channels
import ChaosChecker
import ClientProtocol
import Reactor
import TestSupport

/// Starts its stream, stops it now and then, and starts it again.
final class Broadcaster {
    let participant: Participant
    private let theatre: Theatre
    private let stream: String
    private var generator: SeededGenerator
    private(set) var isLive = false

    init(of stream: String, in theatre: Theatre) throws {
        self.theatre = theatre
        self.stream = stream
        generator = theatre.generator()
        let name = "host-of-" + stream
        participant = Participant(
            name,
            token: try theatre.token(name, [.subscribe, .publish, .control, .moderate]),
            in: theatre
        )
        participant.subscribe("live:" + stream)
        start()
    }

    private func start() {
        guard !theatre.isOver else { return }
        let data = rpcData([
            "stream": stream, "title": "Chaos", "keep": Bool.random(using: &generator),
        ])
        participant.ask(.start(channel: "live:" + stream), "live.start", data) { [self] answer in
            switch answer {
            case .generation, .refused(ErrorCode.streamAlreadyLive.rawValue):
                isLive = true
                pause(4_000...12_000) { [self] in stop() }
            default:
                pause(50...200) { [self] in start() }
            }
        }
    }

    private func stop() {
        // The end of a run finds every stream live, so that comments show that it serves.
        guard !theatre.isOver else { return }
        guard !theatre.isCalm else { return pause(500...1_000) { [self] in stop() } }
        isLive = false
        let ask = HistoryEvent.Ask.stop(channel: "live:" + stream)
        participant.ask(ask, "live.stop", rpcData(["stream": stream])) { [self] answer in
            if case .lost = answer {
                pause(50...200) { [self] in stop() }
            } else {
                pause(50...500) { [self] in start() }
            }
        }
    }

    private func pause(_ range: ClosedRange<Int64>, _ action: @escaping () -> Void) {
        let wait = Duration.milliseconds(Int64.random(in: range, using: &generator))
        theatre.loop.schedule(after: wait, action)
    }
}
