// SPDX-License-Identifier: Apache-2.0

import Channels
import ChaosChecker
import Client
import JSON
import Reactor
import TestSupport

/// Reads histories: pieces of them all the time, all of them at the end.
final class Historian {
    let participant: Participant
    private let theatre: Theatre
    private static let pageSize = 500

    init(in theatre: Theatre) throws {
        self.theatre = theatre
        participant = Participant(
            "historian",
            token: try theatre.token("historian", [.subscribe, .history]),
            in: theatre
        )
    }

    func begin() {
        theatre.repeatedly(every: 50...400, theatre.generator()) { [unowned self] generator in
            guard let stream = theatre.streams.randomElement(using: &generator) else { return }
            let limit = Int.random(in: 1...100, using: &generator)
            let channel = "live:" + stream
            let askedAt = theatre.recorder.now
            // The newest ones: those that are being deleted.
            let command = ClientCommand.history(channel: channel, limit: limit, reverse: true)
            participant.client.request(command) { [self] result in
                guard case .success(let reply) = result else { return }
                let page = Page(reply, theatre.recorder)
                theatre.recorder.record(
                    participant.name,
                    .history(
                        channel: channel,
                        epoch: page.epoch,
                        askedAt: askedAt,
                        page.entries.reversed()
                    )
                )
            }
        }
    }

    /// How many viewers the server says that a stream has; nil: no answer in time.
    func viewerCount(of stream: String, within limit: Duration) -> Int? {
        let command = ClientCommand.rpc(method: "live.get", data: rpcData(["stream": stream]))
        guard let reply = answer(to: command, within: limit) else { return nil }
        return (reply["data"] ?? reply)["viewers"]?.integer.map { Int(clamping: $0) }
    }

    /// Reads a channel's whole history and records it.
    ///
    /// - Returns: whether it was answered in time.
    func readAll(of channel: String, within limit: Duration) -> Bool {
        let askedAt = theatre.recorder.now
        let deadline = MonotonicTime.now() + limit
        var entries: [HistoryEvent.Entry] = []
        var epoch = ""
        while true {
            let command = ClientCommand.history(
                channel: channel,
                limit: Self.pageSize,
                since: entries.last.map { Position(epoch: epoch, offset: $0.offset) }
            )
            guard let reply = answer(to: command, within: deadline - .now()) else { return false }
            let page = Page(reply, theatre.recorder)
            entries += page.entries
            epoch = page.epoch
            if page.entries.isEmpty { break }
        }
        theatre.recorder.record(
            participant.name,
            .finalHistory(channel: channel, epoch: epoch, askedAt: askedAt, entries)
        )
        return true
    }

    /// Asks until there is an answer: a lost connection, or an error, is another attempt.
    private func answer(to command: ClientCommand, within limit: Duration) -> JSONValue? {
        let deadline = MonotonicTime.now() + limit
        while MonotonicTime.now() < deadline {
            var answer: Result<JSONValue, RequestFailure>?
            participant.client.request(command) { answer = $0 }
            while answer == nil, MonotonicTime.now() < deadline {
                guard (try? theatre.loop.runOnce(maximumWait: .milliseconds(50))) != nil else {
                    return nil
                }
            }
            if case .success(let reply)? = answer { return reply }
            _ = try? theatre.loop.runOnce(maximumWait: .milliseconds(20))
        }
        return nil
    }

    private struct Page {
        let epoch: String
        let entries: [HistoryEvent.Entry]

        init(_ reply: JSONValue, _ recorder: Recorder) {
            epoch = reply["epoch"]?.string ?? ""
            entries = (reply["publications"]?.elements ?? []).compactMap(recorder.entry)
        }
    }
}
