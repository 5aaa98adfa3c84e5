// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing
import WebServer
import WebSocket

/// The groups of the Autobahn test suite, on real sockets, each whole and byte by byte.
///
/// Every case sends all it has, and expects exactly these frames and then the connection's end.
@Suite struct ConformanceTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let sent: [UInt8]
        let expected: [UInt8]
    }

    @Test(arguments: framing + control + fragments + texts + closing)
    func answersAsTheStandardSays(_ test: Case) throws {
        let server = try TestServer()
        for isChopped in [false, true] {
            // A long one is not chopped: it would only be slow.
            guard !isChopped || test.sent.count < 1_000 else { continue }
            let peer = try server.connectWebSocket()
            if isChopped {
                for byte in test.sent {
                    peer.send([byte])
                    try server.loop.runOnce(maximumWait: .zero)
                }
            } else {
                peer.send(test.sent)
            }
            try server.wait { peer.isOver }
            #expect(peer.hasEnded)
            #expect(peer.received == test.expected)
        }
    }

    // MARK: What is sent

    private static func frame(
        _ firstByte: UInt8,
        _ payload: [UInt8]
    ) -> [UInt8] {
        var frame = FrameEncoder.encode(.binary, payload, maskingKey: 0x0BAD_F00D)
        frame[0] = firstByte
        return frame
    }

    private static func frame(_ opcode: Opcode, _ text: String, isFinal: Bool = true) -> [UInt8] {
        frame((isFinal ? 0x80 : 0) | opcode.rawValue, Array(text.utf8))
    }

    private static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }

    // MARK: What is expected

    private static func answer(_ opcode: Opcode, _ payload: [UInt8]) -> [UInt8] {
        FrameEncoder.encode(opcode, payload)
    }

    private static func answer(_ opcode: Opcode, _ text: String) -> [UInt8] {
        answer(opcode, Array(text.utf8))
    }

    private static func closed(_ code: UInt16) -> [UInt8] {
        answer(.close, ClosePayload(code: CloseCode(rawValue: code)).bytes)
    }

    private static func closed(_ error: WebSocketError) -> [UInt8] {
        answer(.close, ClosePayload(code: error.closeCode, reason: error.reason).bytes)
    }

    // MARK: Cases

    /// Groups 1, 3 and 4: lengths, reserved bits, opcodes.
    private static let framing: [Case] =
        [0, 1, 125, 126, 127, 128, 65_535, 65_536].flatMap { count in
            [(UInt8(0x81), Opcode.text, UInt8(0x2A)), (0x82, .binary, 0xFE)].map {
                first,
                opcode,
                byte in
                let payload = [UInt8](repeating: byte, count: count)
                return Case(
                    testDescription: "\(opcode) of \(count) bytes",
                    sent: frame(first, payload) + close(1000),
                    expected: answer(opcode, payload) + closed(1000)
                )
            }
        }
        + (1...7).map { bits in
            Case(
                testDescription: "reserved bits \(bits)",
                sent: frame(.text, "a") + frame(0x81 | UInt8(bits) << 4, [0x62]) + frame(.ping, ""),
                expected: answer(.text, "a") + closed(.reservedBits)
            )
        }
        + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { opcode in
            Case(
                testDescription: "opcode \(opcode)",
                sent: frame(.text, "a") + frame(0x80 | UInt8(opcode), []) + frame(.ping, ""),
                expected: answer(.text, "a") + closed(.unknownOpcode)
            )
        }

    /// Group 2: pings and pongs.
    private static let control: [Case] = [
        Case(
            testDescription: "pings are answered in order",
            sent: (0..<10).flatMap { frame(.ping, "payload \($0)") } + close(1000),
            expected: (0..<10).flatMap { answer(.pong, "payload \($0)") } + closed(1000)
        ),
        Case(
            testDescription: "the longest ping",
            sent: frame(0x89, [UInt8](repeating: 0xFE, count: 125)) + close(1000),
            expected: answer(.pong, [UInt8](repeating: 0xFE, count: 125)) + closed(1000)
        ),
        Case(
            testDescription: "a ping that is too long",
            sent: frame(0x89, [UInt8](repeating: 0xFE, count: 126)),
            expected: closed(.controlFrameTooLong)
        ),
        Case(
            testDescription: "pongs that nobody asked for",
            sent: frame(.pong, "") + frame(.pong, "x") + frame(.ping, "y") + close(1000),
            expected: answer(.pong, "y") + closed(1000)
        ),
        Case(
            testDescription: "a fragmented ping",
            sent: frame(.ping, "a", isFinal: false) + frame(.continuation, "b"),
            expected: closed(.fragmentedControlFrame)
        ),
    ]

    /// Group 5: fragments.
    private static let fragments: [Case] = [
        Case(
            testDescription: "pings between fragments",
            sent: frame(.text, "1", isFinal: false) + frame(.continuation, "2", isFinal: false)
                + frame(.ping, "p") + frame(.continuation, "3", isFinal: false)
                + frame(.ping, "q") + frame(.continuation, "4") + close(1000),
            expected: answer(.pong, "p") + answer(.pong, "q") + answer(.text, "1234")
                + closed(1000)
        ),
        Case(
            testDescription: "empty fragments",
            sent: frame(.text, "", isFinal: false) + frame(.continuation, "", isFinal: false)
                + frame(.continuation, "") + close(1000),
            expected: answer(.text, "") + closed(1000)
        ),
        Case(
            testDescription: "a continuation of nothing",
            sent: frame(.continuation, "a", isFinal: false) + frame(.text, "b"),
            expected: closed(.unexpectedContinuation)
        ),
        Case(
            testDescription: "a message inside another",
            sent: frame(.text, "a", isFinal: false) + frame(.text, "b"),
            expected: closed(.expectedContinuation)
        ),
    ]

    /// Group 6: UTF-8.
    private static let texts: [Case] =
        ["κόσμε", "\u{0}", "\u{80}", "\u{D7FF}\u{E000}", "\u{FFFF}", "\u{10FFFF}"].map { text in
            Case(
                testDescription: "the text \(text.unicodeScalars.map(\.value))",
                sent: frame(.text, text) + close(1000),
                expected: answer(.text, text) + closed(1000)
            )
        }
        + [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88], [0xFE], [0xFF],
            [0xCE, 0xBA, 0xE1], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],
        ].map { (bytes: [UInt8]) in
            Case(
                testDescription: "the invalid text \(bytes)",
                sent: frame(.text, "a") + frame(0x81, bytes),
                expected: answer(.text, "a") + closed(.invalidUTF8)
            )
        }
        + [
            Case(
                testDescription: "an invalid text that is far from its end",
                sent: Array(frame(0x01, [0xFF] + [UInt8](repeating: 0x61, count: 100)).prefix(7)),
                expected: closed(.invalidUTF8)
            )
        ]

    /// Group 7: the close handshake.
    private static let closing: [Case] =
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].map { code in
            Case(
                testDescription: "close \(code)",
                sent: close(code, Array("reason".utf8)),
                expected: closed(code)
            )
        }
        + [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map { code in
            Case(
                testDescription: "close \(code)",
                sent: close(code),
                expected: closed(.invalidCloseCode)
            )
        }
        + [
            Case(
                testDescription: "an empty close",
                sent: frame(0x88, []),
                expected: answer(.close, "")
            ),
            Case(
                testDescription: "half a close code",
                sent: frame(0x88, [3]),
                expected: closed(.closePayloadTooShort)
            ),
            Case(
                testDescription: "the longest reason",
                sent: close(1000, [UInt8](repeating: 0x2A, count: 123)),
                expected: closed(1000)
            ),
            Case(
                testDescription: "a reason that is too long",
                sent: close(1000, [UInt8](repeating: 0x2A, count: 124)),
                expected: closed(.controlFrameTooLong)
            ),
            Case(
                testDescription: "a reason that is no UTF-8",
                sent: close(1000, [0xFF]),
                expected: closed(.invalidUTF8)
            ),
            Case(
                testDescription: "frames behind the close",
                sent: close(1000) + frame(.ping, "x") + frame(.text, "y") + close(1001),
                expected: closed(1000)
            ),
            Case(
                testDescription: "a close inside a message",
                sent: frame(.text, "a", isFinal: false) + close(1000) + frame(.continuation, "b"),
                expected: closed(1000)
            ),
        ]
}
