// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocket

/// A connection may move to another process between any two bytes.
@Suite struct ReplayTests {
    private static let limits = WebSocketLimits(maximumMessageByteCount: 1 << 20)

    /// Text in fragments, with control frames between them, of every length form, and characters
    /// that lie across fragments.
    private static let stream: [UInt8] =
        clientFrame(.text, Array("héé".utf8.prefix(4)), isFinal: false)
        + clientFrame(.ping, "are you there?")
        + clientFrame(.continuation, Array("héé".utf8.dropFirst(4)), isFinal: false)
        + clientFrame(.continuation, [UInt8](repeating: 0x61, count: 130))
        + clientFrame(.binary, [1, 2, 3, 4, 5, 6, 7])
        + clientFrame(.binary, [], isFinal: false)
        + clientFrame(.continuation, [UInt8](repeating: 9, count: 66_000))
        + clientFrame(.pong, "yes")

    @Test func aDecoderThatMovesAtAnyByteGoesOnAsIfItHadNot() throws {
        let whole = try events(of: Self.stream, with: MessageDecoder(from: .client)).events
        #expect(whole.count == 5)
        let cuts = Array(0..<400) + stride(from: 400, to: Self.stream.count, by: 997)
        for cut in cuts {
            let first = try events(
                of: Array(Self.stream[..<cut]),
                with: MessageDecoder(from: .client)
            )
            let moved = try events(of: first.decoder.replay, with: MessageDecoder(from: .client))
            #expect(moved.events == [], "a replay is no news, cut at \(cut)")
            let rest = try events(of: Array(Self.stream[cut...]), with: moved.decoder)
            #expect(first.events + rest.events == whole, "cut at \(cut)")
        }
    }

    @Test func aDecoderBetweenMessagesHasNothingToReplay() throws {
        let done = try events(
            of: clientFrame(.text, "done"),
            with: MessageDecoder(from: .client)
        )
        #expect(done.decoder.replay == [])
    }

    private func events(
        of bytes: [UInt8],
        with decoder: MessageDecoder
    ) throws(WebSocketError) -> (events: [WebSocketEvent], decoder: MessageDecoder) {
        var decoder = decoder
        var events: [WebSocketEvent] = []
        var offset = 0
        while let event = try decoder.decode(bytes.span, from: &offset, limits: Self.limits) {
            events.append(event)
        }
        return (events, decoder)
    }
}
