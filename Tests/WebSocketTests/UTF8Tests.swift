// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocket

@Suite struct UTF8Tests {
    /// Agrees with the standard library about every text of up to three bytes from these, which
    /// are the ends of every range in the table of well-formed sequences.
    @Test func agreesWithTheStandardLibraryAtEveryBorder() {
        let borders: [UInt8] = [
            0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
            0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        for first in borders {
            for second in borders {
                for third in borders {
                    check([first, second, third])
                    check([first, second, third, 0x80])
                }
            }
        }
    }

    private func check(_ text: [UInt8]) {
        let isValid = String(validating: text, as: UTF8.self) != nil
        let error = violation(clientFrame(.text, text))
        if isValid != (error == nil) || (error != nil && error != .invalidUTF8) {
            Issue.record("\(text): \(String(describing: error))")
        }
    }

    @Test func checksAcrossBlocksOfASCII() throws {
        for count in [30, 31, 32, 33, 63, 64, 65] {
            let ascii = [UInt8](repeating: 0x61, count: count)
            #expect(violation(clientFrame(.text, ascii + Array("é😀".utf8) + ascii)) == nil)
            #expect(violation(clientFrame(.text, ascii + [0xFF] + ascii)) == .invalidUTF8)
        }
    }

    @Test func letsACharacterSpanFragments() throws {
        let bytes = Array("😀".utf8)
        var frames = clientFrame(.text, [], isFinal: false)
        for byte in bytes { frames += clientFrame(.continuation, [byte], isFinal: false) }
        frames += clientFrame(.continuation, [])
        #expect(try decode(frames) == [.text(bytes)])
    }

    @Test func failsWhenAMessageEndsInsideACharacter() {
        #expect(violation(clientFrame(.text, [0xF0, 0x9F])) == .invalidUTF8)
    }

    @Test func failsAtTheFirstImpossibleByteOfAnUnfinishedFrame() {
        let frame = clientFrame(.text, [0xF4, 0x90] + [UInt8](repeating: 0, count: 50))
        #expect(violation(Array(frame.prefix(7))) == nil)
        #expect(violation(Array(frame.prefix(8))) == .invalidUTF8)
    }

    @Test func doesNotLookIntoBinaryMessages() {
        #expect(violation(clientFrame(.binary, [0xFF, 0xFE])) == nil)
    }
}
