// SPDX-License-Identifier: Apache-2.0

import Bench
import Reactor
import Testing
import WebSocket

/// The load's own reading of frames: cheaper than a real client's, and right all the same.
@Suite struct FrameReaderTests {
    private struct Seen: Equatable {
        var events: [String] = []
        var stamps: [UInt64] = []
        var frameCount = 0
    }

    private func read(
        _ bytes: [UInt8],
        cutAt cut: Int,
        _ attention: FrameReader.Attention
    ) -> Seen {
        var reader = FrameReader()
        reader.attention = attention
        var seen = Seen()
        for piece in [Array(bytes[..<cut]), Array(bytes[cut...])] {
            var offset = 0
            while let event = reader.next(piece.span, from: &offset, stamps: &seen.stamps) {
                switch event {
                case .message(let range, let isCompressed):
                    seen.events.append(text(Array(piece[range]), isCompressed))
                case .assembled(let bytes, let isCompressed):
                    seen.events.append(text(bytes, isCompressed))
                case .ping(let bytes): seen.events.append("ping \(bytes.count)")
                case .close(let bytes): seen.events.append("close \(bytes.count)")
                case .violation: seen.events.append("violation")
                }
                if seen.events.last == "violation" { return seen }
            }
        }
        seen.frameCount = reader.frameCount
        return seen
    }

    private func text(_ bytes: [UInt8], _ isCompressed: Bool) -> String {
        (isCompressed ? "compressed " : "") + String(decoding: bytes, as: UTF8.self)
    }

    private func stamped(_ moment: UInt64, padding: Int) -> [UInt8] {
        StampReader.stamp(MonotonicTime(nanoseconds: moment))
            + [UInt8](repeating: 0x78, count: padding)
    }

    @Test func readsStampsOfFramesOfEveryLengthHoweverTheyAreCut() {
        let bytes =
            FrameEncoder.encode(.text, stamped(1, padding: 3))
            + FrameEncoder.encode(.text, stamped(2, padding: 200))
            + FrameEncoder.encode(.text, Array("{}".utf8))
            + FrameEncoder.encode(.ping, [1, 2, 3])
            + FrameEncoder.encode(.text, [])
            + FrameEncoder.encode(.binary, stamped(3, padding: 70_000))
            + FrameEncoder.encode(.close, [3, 0xE8])
        let expected = Seen(events: ["{}", "ping 3", "close 2"], stamps: [1, 2, 3], frameCount: 7)
        for cut in Array(0...300) + [70_200, bytes.count] {
            #expect(read(bytes, cutAt: cut, .stamps) == expected, "cut at \(cut)")
        }
    }

    @Test func givesWholeMessagesWhereTheyAreWanted() {
        let bytes =
            FrameEncoder.encode(.text, Array("one".utf8))
            + FrameEncoder.encode(.text, Array("two".utf8), isCompressed: true)
        let expected = Seen(events: ["one", "compressed two"], frameCount: 2)
        for cut in 0...bytes.count {
            #expect(read(bytes, cutAt: cut, .wholeMessages) == expected, "cut at \(cut)")
        }
        // A compressed message has to be seen whole to be read.
        let stamps = Seen(events: ["compressed two"], frameCount: 1)
        #expect(read(Array(bytes[5...]), cutAt: 2, .stamps) == stamps)
    }

    @Test func refusesWhatNoServerMaySend() {
        let masked = FrameEncoder.encode(.text, [1], maskingKey: 7)
        #expect(read(masked, cutAt: 1, .stamps).events == ["violation"])
        let fragment = FrameEncoder.encode(.text, [1, 2, 3], isFinal: false)
        #expect(read(fragment, cutAt: 1, .wholeMessages).events == ["violation"])
        #expect(read(fragment, cutAt: 1, .stamps).events.isEmpty)
    }
}
