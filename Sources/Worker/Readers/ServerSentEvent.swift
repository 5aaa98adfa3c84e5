// SPDX-License-Identifier: Apache-2.0

import Channels

/// One event of a stream (HTML Standard, "Server-sent events").
///
/// Its data is what one WebSocket frame would hold, each JSON object on its line; its id is the position
/// that a client comes back with as `Last-Event-ID`.
enum ServerSentEvent {
    /// A comment, which keeps what stands between from taking the stream for dead.
    static let ping = Array(":\n\n".utf8)

    /// - Parameters:
    ///   - payload: JSON objects joined by newlines.
    ///   - position: where a client stands that has got this; nil: where it stood before.
    ///   - retry: after which it comes back once the stream has ended; nil: as said before.
    /// - Returns: the event, up to the empty line that ends it.
    static func encode(
        _ payload: [UInt8],
        position: Position? = nil,
        retry: Duration? = nil
    ) -> [UInt8] {
        var event: [UInt8] = []
        event.reserveCapacity(payload.count + 96)
        if let retry { event.append(contentsOf: "retry: \(retry.milliseconds)\n".utf8) }
        if let position, !position.epoch.isEmpty {
            event.append(contentsOf: "id: \(position.epoch):\(position.offset)\n".utf8)
        }
        for line in payload.split(separator: UInt8(ascii: "\n")) {
            event.append(contentsOf: "data: ".utf8)
            event.append(contentsOf: line)
            event.append(UInt8(ascii: "\n"))
        }
        event.append(UInt8(ascii: "\n"))
        return event
    }
}
