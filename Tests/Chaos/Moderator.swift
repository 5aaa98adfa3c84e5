// SPDX-License-Identifier: Apache-2.0

import Channels
import ChaosChecker
import Reactor
import TestSupport

/// Deletes comments and mutes people on the streams that are its own, one act after the other.
final class Moderator {
    let participant: Participant
    private let theatre: Theatre
    private let streams: [String]
    private let users: [String]
    private var generator: SeededGenerator
    private var banned: [(stream: String, user: String)] = []
    /// More would leave nobody to comment.
    private static let maximumBannedCount = 4

    init(_ name: String, of streams: [String], users: [String], in theatre: Theatre) throws {
        self.theatre = theatre
        self.streams = streams
        self.users = users
        generator = theatre.generator()
        participant = Participant(
            name,
            token: try theatre.token(name, [.subscribe, .moderate]),
            in: theatre
        )
        next()
    }

    private func next() {
        let wait = Duration.milliseconds(Int64.random(in: 50...600, using: &generator))
        theatre.loop.schedule(after: wait) { [self] in
            guard !theatre.isOver else { return }
            act()
        }
    }

    private func act() {
        guard let stream = streams.randomElement(using: &generator),
            let user = users.randomElement(using: &generator)
        else { return }
        let channel = "live:" + stream
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<5:
            let recent = theatre.recentComments[stream] ?? []
            guard let comment = recent.randomElement(using: &generator) else { return next() }
            perform(
                .delete(channel: channel, comment: comment),
                "comment.delete",
                rpcData(["stream": stream, "id": comment])
            )
        case 5..<7:
            let seconds = Int64.random(in: 1...2, using: &generator)
            perform(
                .timeout(channel: channel, user: user, seconds: seconds),
                "user.timeout",
                rpcData(["stream": stream, "user": user, "seconds": seconds])
            )
        case 7..<8 where banned.count < Self.maximumBannedCount:
            banned.append((stream, user))
            perform(
                .ban(channel: channel, user: user),
                "user.ban",
                rpcData(["stream": stream, "user": user])
            )
        default:
            guard !banned.isEmpty else { return next() }
            let (stream, user) = banned.removeFirst()
            perform(
                .unban(channel: "live:" + stream, user: user),
                "user.unban",
                rpcData(["stream": stream, "user": user])
            )
        }
    }

    /// Until it is done or refused.
    private func perform(_ ask: HistoryEvent.Ask, _ method: String, _ data: [UInt8]) {
        participant.ask(ask, method, data) { [self] answer in
            if case .lost = answer {
                theatre.loop.schedule(after: .milliseconds(100)) { [self] in
                    perform(ask, method, data)
                }
            } else {
                next()
            }
        }
    }
}
