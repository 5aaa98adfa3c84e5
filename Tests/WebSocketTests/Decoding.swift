// SPDX-License-Identifier: Apache-2.0

import WebSocket

/// The key that test frames are masked with; no byte of it repeats.
let testKey: UInt32 = 0x1234_5678

/// A masked frame, as a client sends it.
func clientFrame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
    FrameEncoder.encode(opcode, payload, isFinal: isFinal, maskingKey: testKey)
}

func clientFrame(_ opcode: Opcode, _ text: String, isFinal: Bool = true) -> [UInt8] {
    clientFrame(opcode, Array(text.utf8), isFinal: isFinal)
}

/// Feeds bytes to a fresh decoder in pieces of the given sizes, the last one repeated.
func decode(
    _ bytes: [UInt8],
    from sender: Sender = .client,
    maximumMessageByteCount: Int = 1 << 20,
    pieces: [Int] = []
) throws(WebSocketError) -> [WebSocketEvent] {
    let limits = WebSocketLimits(maximumMessageByteCount: maximumMessageByteCount)
    var decoder = MessageDecoder(from: sender)
    var events: [WebSocketEvent] = []
    var rest = bytes[...]
    var sizes = pieces[...]
    while !rest.isEmpty {
        let size = sizes.popFirst() ?? pieces.last ?? rest.count
        let piece = Array(rest.prefix(size))
        rest = rest.dropFirst(size)
        var offset = 0
        while let event = try decoder.decode(piece.span, from: &offset, limits: limits) {
            events.append(event)
        }
    }
    return events
}

/// The error that bytes are refused with, nil when they are not; the same for every split.
func violation(
    _ bytes: [UInt8],
    from sender: Sender = .client,
    maximumMessageByteCount: Int = 1 << 20
) -> WebSocketError? {
    let results = [[], [1]].map { pieces -> WebSocketError? in
        do throws(WebSocketError) {
            _ = try decode(
                bytes,
                from: sender,
                maximumMessageByteCount: maximumMessageByteCount,
                pieces: pieces
            )
            return nil
        } catch {
            return error
        }
    }
    return results[0] == results[1] ? results[0] : nil
}
