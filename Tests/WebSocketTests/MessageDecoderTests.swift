// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocket

@Suite struct MessageDecoderTests {
    /// A text in three fragments with control frames between them, then a binary message.
    private static let conversation =
        clientFrame(.text, "Hé", isFinal: false)
        + clientFrame(.ping, "are you there?")
        + clientFrame(.continuation, "", isFinal: false)
        + clientFrame(.pong, "")
        + clientFrame(.continuation, "llö €😀")
        + clientFrame(.binary, [UInt8](repeating: 0xFE, count: 300))
        + clientFrame(.close, [0x03, 0xE8] + Array("bye".utf8))

    private static let events: [WebSocketEvent] = [
        .ping(Array("are you there?".utf8)), .pong([]), .text(Array("Héllö €😀".utf8)),
        .binary([UInt8](repeating: 0xFE, count: 300)),
        .close(ClosePayload(code: .normalClosure, reason: "bye")),
    ]

    @Test func putsFragmentsTogetherAndLetsControlFramesThrough() throws {
        #expect(try decode(Self.conversation) == Self.events)
    }

    @Test func readsTheSameAtEverySplitPoint() throws {
        for point in 1..<Self.conversation.count {
            #expect(try decode(Self.conversation, pieces: [point, .max]) == Self.events)
        }
        for size in 1...9 {
            #expect(try decode(Self.conversation, pieces: [size]) == Self.events)
        }
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 70_001])
    func readsEveryFormOfLength(_ count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let frame = clientFrame(.binary, payload)
        let headerByteCount = count < 126 ? 6 : count < 65_536 ? 8 : 14
        #expect(frame.count == headerByteCount + count)
        #expect(try decode(frame) == [.binary(payload)])
        #expect(try decode(frame, pieces: [13, 1, 1, 1, 1024]) == [.binary(payload)])
    }

    @Test func readsAServersUnmaskedFrames() throws {
        let frame = FrameEncoder.encode(.text, Array("hi".utf8))
        #expect(frame == [0x81, 2, 0x68, 0x69])
        #expect(try decode(frame, from: .server) == [.text(Array("hi".utf8))])
    }

    @Test func tellsWhetherAMessageIsUnderWay() throws {
        let limits = WebSocketLimits(maximumMessageByteCount: 10)
        var decoder = MessageDecoder(from: .client)
        #expect(!decoder.isInsideMessage)
        var offset = 0
        let firstByte: [UInt8] = [0x82]
        var other = decoder
        #expect(try other.decode(firstByte.span, from: &offset, limits: limits) == nil)
        #expect(other.isInsideMessage)
        offset = 0
        let start = clientFrame(.text, "a", isFinal: false)
        #expect(try decoder.decode(start.span, from: &offset, limits: limits) == nil)
        #expect(decoder.isInsideMessage)
        offset = 0
        let end = clientFrame(.continuation, "b")
        #expect(try decoder.decode(end.span, from: &offset, limits: limits) != nil)
        #expect(!decoder.isInsideMessage)
    }

    @Test func holdsNoMoreThanNumbersBetweenFrames() {
        #expect(MemoryLayout<MessageDecoder>.size <= 64)
    }
}
