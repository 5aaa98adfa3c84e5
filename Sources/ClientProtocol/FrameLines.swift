// SPDX-License-Identifier: Apache-2.0

/// Why a frame's text was not taken apart.
package enum FrameLinesError: Error, Hashable, Sendable {
    case empty
    case tooManyLines
}

/// Takes apart a frame that carries several JSON objects, joined by newlines.
package enum FrameLines {
    /// Where the lines lie, without their newlines; empty ones are left out.
    ///
    /// A raw newline cannot stand within a JSON string, so each line is one object or none.
    package static func ranges(
        of frame: Span<UInt8>,
        maximumCount: Int
    ) throws(FrameLinesError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for index in 0...frame.count {
            guard index == frame.count || frame[index] == UInt8(ascii: "\n") else { continue }
            if start < index {
                guard ranges.count < maximumCount else { throw .tooManyLines }
                ranges.append(start..<index)
            }
            start = index + 1
        }
        guard !ranges.isEmpty else { throw .empty }
        return ranges
    }

    /// The lines of the frame that carries these messages.
    package static func joined(_ messages: [[UInt8]]) -> [UInt8] {
        Array(messages.joined(separator: [UInt8(ascii: "\n")]))
    }
}
