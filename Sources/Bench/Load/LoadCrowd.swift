// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Compression
import Digests
import HTTP
import Histogram
import JSON
import Reactor
import WebSocket

/// Viewers of one process, and what they have seen together.
final class LoadCrowd {
    /// The answer to Tally's ping, `{}` (masked by nothing: a load is no browser).
    static let pong = FrameEncoder.encode(.text, Array("{}".utf8), maskingKey: 0)
    /// Compressed messages that are remembered, so that what a thousand viewers get is inflated once.
    private static let rememberedMessageCount = 8
    private static let maximumInflatedByteCount = 8 << 20

    let loop: EventLoop
    let target: LoadTarget
    /// One handshake for all: its key proves nothing here.
    let upgrade: [UInt8]
    private(set) var greeting: [UInt8]
    var counts = LoadCounts()
    /// One for all, as each empties it before it returns.
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    /// Those of the messages that one read brought.
    var stamps: [UInt64] = []

    private let handshake: ClientHandshake
    private let acceptDigest: [UInt8]
    private let inflater = Inflater()
    private var remembered: [(compressed: [UInt8], plain: [UInt8])] = []
    private var viewers: [ObjectIdentifier: LoadViewer] = [:]
    private var position: Position?
    /// How many there should be, and how many of them may be on their way at once.
    private var wanted = 0
    private var concurrency = 0
    private var arriving = 0
    private var isFillingUp = false

    init(loop: EventLoop, target: LoadTarget) {
        self.loop = loop
        self.target = target
        let nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        handshake = ClientHandshake(key: HandshakeKey(randomBytes: nonce))
        acceptDigest = SHA1.digest(handshake.key.acceptInput)
        upgrade = handshake.request(
            target: target.url.target,
            host: target.url.host,
            headers: target.isCompressed
                ? [
                    "Sec-WebSocket-Extensions":
                        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
                ] : [:]
        )
        greeting = target.greeting(recovering: nil)
    }

    // MARK: Coming and going

    /// Has this many viewers more, so many of them on their way at once.
    func gather(_ count: Int, concurrency: Int) {
        wanted += count
        self.concurrency = concurrency
        fillUp()
    }

    /// Drops all at once.
    func drop() {
        wanted = 0
        for viewer in viewers.values { viewer.drop() }
        viewers = [:]
        arriving = 0
        counts.watching = 0
    }

    /// What they say from now on when they come: where they left.
    func recoverFromNowOn() {
        greeting = target.greeting(recovering: position)
    }

    private func fillUp() {
        isFillingUp = false
        while viewers.count < wanted, arriving < concurrency {
            if counts.firstStartedAt == 0 {
                counts.firstStartedAt = MonotonicTime.now().nanoseconds
            }
            do throws(SystemError) {
                let viewer = try LoadViewer(crowd: self)
                try viewer.start()
                viewers[ObjectIdentifier(viewer)] = viewer
                arriving += 1
            } catch {
                wanted = viewers.count
                noteLoss(error.description)
            }
        }
    }

    private func fillUpSoon() {
        guard !isFillingUp else { return }
        isFillingUp = true
        loop.deferToEndOfTurn { self.fillUp() }
    }

    func began(_ viewer: LoadViewer) {
        let now = MonotonicTime.now().nanoseconds
        arriving -= 1
        counts.watching += 1
        counts.begun += 1
        counts.lastBegunAt = now
        counts.arrival.record(
            LoadCounts.microseconds(from: viewer.startedAt.nanoseconds, to: now)
        )
        fillUpSoon()
    }

    /// One is gone; it does not come again by itself.
    func lost(_ viewer: LoadViewer, in state: LoadViewer.State, because reason: String) {
        guard viewers.removeValue(forKey: ObjectIdentifier(viewer)) != nil else { return }
        if case .watching = state { counts.watching -= 1 } else { arriving -= 1 }
        wanted -= 1
        noteLoss(reason)
        fillUpSoon()
    }

    private func noteLoss(_ reason: String) {
        counts.lost += 1
        if counts.firstLoss.isEmpty { counts.firstLoss = reason }
    }

    /// - Throws: why this is no WebSocket.
    func check(_ head: HTTPResponseHead) throws {
        do {
            try handshake.check(head, acceptDigest: acceptDigest)
        } catch .unrequestedExtension where target.isCompressed {
            return
        }
        if target.isCompressed { throw BenchError.refused("the server does not compress") }
    }

    // MARK: Messages

    /// Why an answer to the greeting is a refusal; nil: it is none.
    func refusal(in message: Span<UInt8>) -> String? {
        guard message.contains(Self.error) else { return nil }
        return "refused: " + String(decoding: Array(message), as: UTF8.self)
    }

    private static let error = Array(#""error":{"#.utf8)
    private static let subscribe = Array(#""subscribe":{"#.utf8)
    private static let recovered = Array(#""recovered":true"#.utf8)

    func isSubscribeAnswer(_ message: Span<UInt8>) -> Bool {
        guard message.contains(Self.subscribe) else { return false }
        if position == nil { position = Self.position(in: Array(message)) }
        if message.contains(Self.recovered) { counts.recovered += 1 }
        readStamps(of: message)
        counts.recoveredMessages += stamps.count
        stamps.removeAll(keepingCapacity: true)
        return true
    }

    func readStamps(of message: Span<UInt8>) {
        var reader = StampReader()
        reader.read(message, 0..<message.count, into: &stamps)
    }

    /// Notes how long each message of this read was under way.
    func recordDeliveries() {
        guard !stamps.isEmpty else { return }
        let now = MonotonicTime.now().nanoseconds
        counts.delivered += stamps.count
        for stamp in stamps {
            counts.latency.record(LoadCounts.microseconds(from: stamp, to: now))
        }
        stamps.removeAll(keepingCapacity: true)
    }

    /// Calls with the message as it was before it was compressed.
    ///
    /// - Returns: false when it cannot be read.
    func inflate(_ message: Span<UInt8>, then use: ([UInt8]) -> Void) -> Bool {
        for known in remembered where message.equals(known.compressed) {
            use(known.plain)
            return true
        }
        let bytes = Array(message)
        let limit = Self.maximumInflatedByteCount
        guard let plain = try? inflater.inflate(bytes, maximumByteCount: limit) else {
            return false
        }
        if remembered.count == Self.rememberedMessageCount { remembered.removeLast() }
        remembered.insert((bytes, plain), at: 0)
        use(plain)
        return true
    }

    /// Where a subscription's answer says that the channel stands.
    private static func position(in message: [UInt8]) -> Position? {
        for line in message.split(separator: UInt8(ascii: "\n")) {
            guard case .reply(_, .success(let result)) = try? ServerMessage.decode(Array(line)),
                let epoch = result["epoch"]?.string,
                let offset = result["offset"]?.integer.flatMap({ UInt64(exactly: $0) })
            else { continue }
            return Position(epoch: epoch, offset: offset)
        }
        return nil
    }
}

extension Span<UInt8> {
    fileprivate func contains(_ text: [UInt8]) -> Bool {
        guard count >= text.count else { return false }
        for start in 0...(count - text.count) where self[start] == text[0] {
            var length = 1
            while length < text.count, self[start + length] == text[length] { length += 1 }
            if length == text.count { return true }
        }
        return false
    }

    fileprivate func equals(_ text: [UInt8]) -> Bool {
        guard count == text.count else { return false }
        for index in text.indices where self[index] != text[index] { return false }
        return true
    }
}

extension [UInt8] {
    fileprivate init(_ bytes: Span<UInt8>) {
        self.init()
        reserveCapacity(bytes.count)
        for index in bytes.indices { append(bytes[index]) }
    }
}
