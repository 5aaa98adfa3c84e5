// SPDX-License-Identifier: Apache-2.0

import HubLink

@testable import Worker

/// What an old worker tells its successor.
enum HandoverTarget: FuzzTarget {
    static let name = "hand-over"

    static var seeds: [[UInt8]] {
        let messages: [HandoverMessage] = [
            .takeOver(format: HandoverMessage.format), .refused, .ready, .go,
            .begin(
                WorkerState(
                    startedAt: 1,
                    incarnation: 2,
                    nextSessionID: 3,
                    nextReservation: 4,
                    channels: [.init(name: "live:a", position: nil)],
                    pending: .init(nextID: 1, entries: [])
                )
            ),
            .end(HubLinkState(isConnected: true, received: [1, 2], unsent: [3])),
        ]
        return messages.map(encoded)
    }

    private static func encoded(_ message: some LinkValue) -> [UInt8] {
        var writer = LinkWriter()
        message.encode(into: &writer)
        return writer.take()
    }

    static func run(_ bytes: [UInt8]) {
        guard let message = try? LinkReader.decode(HandoverMessage.self, from: bytes[...]) else {
            return
        }
        let again = encoded(message)
        guard let second = try? LinkReader.decode(HandoverMessage.self, from: again[...]) else {
            preconditionFailure("a message that was read cannot be written")
        }
        precondition(encoded(second) == again, "another message comes back")
    }
}
