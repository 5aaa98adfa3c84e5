// SPDX-License-Identifier: Apache-2.0

import Channels
import WebServer
import WebSocket

/// One batch as it is sent: the same bytes for all, and another cut for those that lag.
final class FanOutFrame {
    /// Everything in one frame.
    let whole: SharedFrame
    private let log: [UInt8]
    private let latest: [UInt8]
    private let key: ConflationKey
    private let position: Position?

    /// What has to arrive, and apart from it what a newer value may replace while it waits.
    private(set) lazy var parts: [SharedFrame] =
        log.isEmpty || latest.isEmpty
        ? [whole] : [.text(log), SharedFrame(.text, latest, conflationKey: key)]

    /// The same as a server-sent event, for those that read over HTTP.
    private(set) lazy var event: BodyChunk = {
        guard !log.isEmpty else { return latestEvent }
        let payload = latest.isEmpty ? log : log + [UInt8(ascii: "\n")] + latest
        return BodyChunk(ServerSentEvent.encode(payload, position: position))
    }()

    /// As `parts`.
    private(set) lazy var eventParts: [BodyChunk] =
        log.isEmpty || latest.isEmpty
        ? [event] : [BodyChunk(ServerSentEvent.encode(log, position: position)), latestEvent]

    /// Without a position: it may overtake what has to arrive before.
    private var latestEvent: BodyChunk {
        BodyChunk(ServerSentEvent.encode(latest), conflationKey: key)
    }

    /// - Parameters:
    ///   - log: what has to arrive; this or `latest` may be empty.
    ///   - latest: what a newer value may replace.
    ///   - key: names such values.
    ///   - position: where a client stands that has got this; nil: where it stood before.
    init(log: [UInt8], latest: [UInt8], key: ConflationKey, position: Position? = nil) {
        self.position = position
        self.log = log
        self.latest = latest
        self.key = key
        if log.isEmpty {
            whole = SharedFrame(.text, latest, conflationKey: key)
        } else if latest.isEmpty {
            whole = .text(log)
        } else {
            whole = .text(log + [UInt8(ascii: "\n")] + latest)
        }
    }
}
