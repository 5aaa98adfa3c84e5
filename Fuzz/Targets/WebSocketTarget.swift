// SPDX-License-Identifier: Apache-2.0

@testable import WebSocket

/// Frames and messages, from clients and from servers.
enum WebSocketTarget: FuzzTarget {
    static let name = "websocket"

    static let seeds: [[UInt8]] = [
        [0x81, 0x85, 1, 2, 3, 4, 0x69, 0x67, 0x6F, 0x68, 0x6E],
        [0x01, 0x81, 0, 0, 0, 0, 0xE2, 0x89, 0x80, 0, 0, 0, 0, 0x80, 0x82, 0, 0, 0, 0, 0x98, 0x83],
        [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8], [0x8A, 0x80, 0, 0, 0, 0],
        [0x82, 0xFE, 0x00, 0x7E, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 126),
        [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0], [0xC1, 0x80, 0, 0, 0, 0],
        [0xC1, 0x87, 0, 0, 0, 0, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
    ]

    private static let limits = WebSocketLimits(maximumMessageByteCount: 1_024)

    static func run(_ bytes: [UInt8]) {
        let place = cut(bytes)
        for sender in [Sender.client, .server] {
            for compression in [MessageCompression.none, .deflate] {
                let whole = events([bytes[...]], from: sender, compression)
                precondition(
                    whole == events([bytes[..<place], bytes[place...]], from: sender, compression),
                    "pieces mean something else"
                )
                precondition(
                    whole
                        == events(
                            [bytes[..<place], bytes[place...]],
                            from: sender,
                            compression,
                            moving: true
                        ),
                    "a connection that moves goes on otherwise"
                )
                for case .success(let event) in whole { check(event, compression) }
            }
        }
    }

    private static func check(_ event: WebSocketEvent, _ compression: MessageCompression) {
        switch event {
        case .text(let text):
            precondition(String(validating: text, as: UTF8.self) != nil, "not UTF-8")
            precondition(text.count <= limits.maximumMessageByteCount)
        case .binary(let bytes):
            precondition(bytes.count <= limits.maximumMessageByteCount)
        case .compressed(_, let bytes):
            precondition(compression == .deflate, "compressed, although nobody agreed on it")
            precondition(bytes.count <= limits.maximumMessageByteCount)
        case .ping(let bytes), .pong(let bytes):
            precondition(bytes.count <= WebSocketLimits.maximumControlPayloadByteCount)
        case .close(let payload):
            precondition(payload.bytes.count <= WebSocketLimits.maximumControlPayloadByteCount)
        }
    }

    private static func events(
        _ pieces: [ArraySlice<UInt8>],
        from sender: Sender,
        _ compression: MessageCompression,
        moving: Bool = false
    ) -> [Result<WebSocketEvent, WebSocketError>] {
        var decoder = MessageDecoder(from: sender, compression)
        var events: [Result<WebSocketEvent, WebSocketError>] = []
        do throws(WebSocketError) {
            for piece in pieces {
                let piece = Array(piece)
                var offset = 0
                while let event = try decoder.decode(piece.span, from: &offset, limits: limits) {
                    events.append(.success(event))
                }
                precondition(offset == piece.count, "bytes were left without an event")
                if moving { decoder = try moved(decoder, compression) }
            }
        } catch {
            events.append(.failure(error))
        }
        return events
    }

    /// A new decoder that got what brings it to where the old one stands.
    private static func moved(
        _ decoder: MessageDecoder,
        _ compression: MessageCompression
    ) throws(WebSocketError) -> MessageDecoder {
        var moved = MessageDecoder(from: decoder.sender, compression)
        var offset = 0
        let replay = decoder.replay
        precondition(decoder.isInsideMessage == !replay.isEmpty)
        let event = try moved.decode(replay.span, from: &offset, limits: limits)
        precondition(event == nil && offset == replay.count, "a replay says something")
        return moved
    }
}
