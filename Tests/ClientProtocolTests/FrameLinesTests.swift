// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import Testing

@Suite struct FrameLinesTests {
    @Test(arguments: [
        ("{}", ["{}"]), ("{}\n{}", ["{}", "{}"]), ("a\n", ["a"]), ("\n\na\n\nb", ["a", "b"]),
        (" ", [" "]),
    ])
    func takesLinesApart(frame: String, expected: [String]) throws {
        #expect(try lines(frame, maximumCount: 10) == expected)
    }

    @Test(arguments: ["", "\n", "\n\n\n"])
    func refusesFramesWithoutALine(frame: String) {
        #expect(throws: FrameLinesError.empty) { try lines(frame, maximumCount: 10) }
    }

    @Test func countIsExact() throws {
        #expect(try lines("a\nb\nc\n", maximumCount: 3).count == 3)
        #expect(throws: FrameLinesError.tooManyLines) {
            try lines("a\nb\nc\nd", maximumCount: 3)
        }
    }

    @Test func joinsWhatItTakesApart() throws {
        let messages = [Array("{}".utf8), Array("{\"a\":1}".utf8)]
        let frame = FrameLines.joined(messages)
        #expect(String(decoding: frame, as: UTF8.self) == "{}\n{\"a\":1}")
    }

    private func lines(_ frame: String, maximumCount: Int) throws -> [String] {
        let bytes = Array(frame.utf8)
        return try FrameLines.ranges(of: bytes.span, maximumCount: maximumCount).map {
            String(decoding: bytes[$0], as: UTF8.self)
        }
    }
}
