// SPDX-License-Identifier: Apache-2.0

import Bench
import Reactor
import Testing

/// Deliveries are counted by stamps, so one that is missed or seen twice falsifies every figure.
@Suite struct StampReaderTests {
    private let moment = MonotonicTime(nanoseconds: 0x0123_4567_89AB_CDEF)

    private func read(_ bytes: [UInt8], splitAt split: Int) -> [UInt64] {
        var reader = StampReader()
        var moments: [UInt64] = []
        reader.read(bytes.span, 0..<split, into: &moments)
        reader.read(bytes.span, split..<bytes.count, into: &moments)
        return moments
    }

    @Test func findsEveryStampHoweverTheBytesAreCut() {
        let stamp = StampReader.stamp(moment)
        #expect(stamp == Array("~0123456789abcdef".utf8))
        let bytes = Array(#"{"text":""#.utf8) + stamp + Array("xx\"}\n".utf8) + stamp + stamp
        for split in 0...bytes.count {
            let expected = Array(repeating: moment.nanoseconds, count: 3)
            #expect(read(bytes, splitAt: split) == expected, "split at \(split)")
        }
    }

    @Test func takesNothingElseForAStamp() {
        for text in ["~0123456789abcde", "0123456789abcdef", "~0123456789abcdeX", "~~", "~ 123"] {
            #expect(read(Array(text.utf8), splitAt: 1).isEmpty, "\(text)")
        }
        #expect(read(Array("~01~0000000000000001".utf8), splitAt: 3) == [1])
    }
}
