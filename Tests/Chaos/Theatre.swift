// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import JSON
import Reactor
import TestSupport
import Tokens

/// What everyone in a run shares.
final class Theatre {
    let loop: EventLoop
    let recorder: Recorder
    let url: ServerURL
    let streams: [String]
    /// One with a history, and one without.
    static let loggedFeed = "log:notes"
    static let plainFeed = "plain:notes"
    static let feeds = [loggedFeed, plainFeed]
    let buffer = ReceiveBuffer()
    /// While it holds, nobody comes or goes on purpose.
    var isCalm = false
    /// While it holds, nobody begins anything new.
    var isOver = false
    /// Comments that were acknowledged lately, by stream; for moderators to choose from.
    private(set) var recentComments: [String: [String]] = [:]

    private let signer: TokenSigner
    private let seed: UInt64
    private var nextGenerator: UInt64 = 1

    init(
        loop: EventLoop,
        recorder: Recorder,
        url: ServerURL,
        streams: [String],
        secret: [UInt8],
        seed: UInt64
    ) throws {
        self.loop = loop
        self.recorder = recorder
        self.url = url
        self.streams = streams
        self.seed = seed
        signer = try TokenSigner(secret: secret)
    }

    /// Random numbers of one's own, so that nobody's depend on when others drew theirs.
    func generator() -> SeededGenerator {
        defer { nextGenerator += 1 }
        var mixer = SeededGenerator(seed: seed &+ nextGenerator &* 0x9E37_79B9)
        return SeededGenerator(seed: mixer.next())
    }

    func token(_ user: String, _ allow: Permissions) throws -> String {
        try signer.sign(
            Claims(
                user: user,
                expiresAt: WallClock.now() / 1_000 + 86_400,
                capabilities: [
                    Capability(channels: ["live:*"], match: .wildcard, allow: allow)
                ]
            )
        )
    }

    func acknowledged(comment: String, on stream: String) {
        let most = 50
        var recent = recentComments[stream, default: []]
        recent.append(comment)
        if recent.count > most { recent.removeFirst(recent.count - most) }
        recentComments[stream] = recent
    }

    /// Does something again and again, at random intervals, until the run is over.
    func repeatedly(
        every range: ClosedRange<Int64>,
        _ generator: SeededGenerator,
        _ action: @escaping (inout SeededGenerator) -> Void
    ) {
        var generator = generator
        let wait = Duration.milliseconds(Int64.random(in: range, using: &generator))
        loop.schedule(after: wait) { [weak self] in
            guard let self, !isOver else { return }
            action(&generator)
            repeatedly(every: range, generator, action)
        }
    }
}

/// The data of an RPC: members of text, numbers and flags.
func rpcData(_ members: KeyValuePairs<String, any Sendable>) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for (name, value) in members {
        writer.key(name)
        switch value {
        case let text as String: writer.string(text)
        case let number as Int64: writer.integer(number)
        case let flag as Bool: writer.bool(flag)
        default: writer.null()
        }
    }
    writer.endObject()
    return writer.bytes
}
