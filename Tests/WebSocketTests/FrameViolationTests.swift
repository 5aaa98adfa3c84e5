// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocket

@Suite struct FrameViolationTests {
    @Test(arguments: [UInt8(0x10), 0x20, 0x40, 0x70])
    func rejectsReservedBits(_ bits: UInt8) {
        for opcode in Opcode.allCases {
            #expect(violation([0x80 | bits | opcode.rawValue]) == .reservedBits)
        }
    }

    @Test(arguments: Array(UInt8(3)...7) + Array(UInt8(11)...15))
    func rejectsAnUnknownOpcode(_ opcode: UInt8) {
        #expect(violation([0x80 | opcode]) == .unknownOpcode)
    }

    @Test func rejectsTheWrongMasking() {
        #expect(violation([0x81, 0x02]) == .unmaskedFrame)
        #expect(violation([0x81, 0x82], from: .server) == .maskedFrame)
    }

    @Test func rejectsNonMinimalLength() {
        #expect(violation([0x82, 0xFE, 0, 125]) == .lengthNotMinimal)
        #expect(violation([0x82, 0xFE, 0, 126]) == nil)
        #expect(violation([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) == .lengthNotMinimal)
        #expect(violation([0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0]) == nil)
    }

    @Test func rejectsALengthWithTheHighestBit() {
        #expect(violation([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0]) == .lengthOutOfRange)
    }

    @Test func rejectsAControlFrameThatIsLongOrFragmented() {
        for opcode in [Opcode.ping, .pong, .close] {
            #expect(violation([0x80 | opcode.rawValue, 0x80 | 125]) == nil)
            #expect(violation([0x80 | opcode.rawValue, 0x80 | 126]) == .controlFrameTooLong)
            #expect(violation([0x80 | opcode.rawValue, 0x80 | 127]) == .controlFrameTooLong)
            #expect(violation([opcode.rawValue, 0x80]) == .fragmentedControlFrame)
        }
    }

    @Test func rejectsFragmentsOutOfOrder() {
        let beginning = clientFrame(.text, "a", isFinal: false)
        #expect(violation(clientFrame(.continuation, "a")) == .unexpectedContinuation)
        #expect(violation(beginning + clientFrame(.text, "b")) == .expectedContinuation)
        #expect(violation(beginning + clientFrame(.binary, "b")) == .expectedContinuation)
        let whole = beginning + clientFrame(.continuation, "b")
        #expect(violation(whole + clientFrame(.continuation, "c")) == .unexpectedContinuation)
    }

    @Test func limitsAMessageAtTheHeaderThatPassesIt() {
        let payload = [UInt8](repeating: 0, count: 100)
        let header = Array(clientFrame(.binary, payload).prefix(6))
        #expect(violation(header, maximumMessageByteCount: 100) == nil)
        #expect(violation(header, maximumMessageByteCount: 99) == .messageTooBig)
        #expect(
            violation([0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 11)) == .messageTooBig
        )
    }

    @Test func limitsAllFragmentsTogether() {
        let beginning = clientFrame(.binary, [1, 2, 3], isFinal: false)
        let end = clientFrame(.continuation, [4, 5])
        #expect(violation(beginning + end, maximumMessageByteCount: 5) == nil)
        #expect(violation(beginning + end.prefix(6), maximumMessageByteCount: 4) == .messageTooBig)
    }

    @Test func rejectsAMalformedClosePayload() {
        #expect(violation(clientFrame(.close, [0x03])) == .closePayloadTooShort)
        #expect(violation(clientFrame(.close, [0x03, 0xE8, 0xFF])) == .invalidUTF8)
        #expect(violation(clientFrame(.close, [])) == nil)
    }

    @Test(arguments: [
        UInt16(0), 999, 1004, 1005, 1006, 1012, 1014, 1015, 1016, 2999, 5000, 65_535,
    ])
    func rejectsACloseCodeThatNobodyMaySend(_ code: UInt16) {
        let payload = [UInt8(code >> 8), UInt8(code & 0xFF)]
        #expect(violation(clientFrame(.close, payload)) == .invalidCloseCode)
    }

    @Test(arguments: [UInt16(1000), 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4999])
    func takesEveryCloseCodeThatAClientMaySend(_ code: UInt16) {
        let payload = [UInt8(code >> 8), UInt8(code & 0xFF)]
        #expect(violation(clientFrame(.close, payload)) == nil)
    }

    @Test func takesAServersOwnCloseCodes() throws {
        for code in [UInt16(1012), 1013, 1014] {
            let frame = FrameEncoder.encode(.close, [UInt8(code >> 8), UInt8(code & 0xFF)])
            #expect(violation(frame, from: .server) == nil)
        }
    }

    @Test func givesEveryViolationACodeAndAShortReason() {
        for error in WebSocketError.allCases {
            #expect(error.closeCode.isAllowed(from: .server))
            #expect(error.reason.utf8.count <= 32 && error.reason.utf8.allSatisfy { $0 < 0x80 })
        }
    }
}
