// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSocket

/// Valid frames with random damage: messages or an error, never a crash, and the same however the
/// bytes are split.
@Suite struct GarbageTests {
    private static let valid =
        clientFrame(.text, "Hé", isFinal: false) + clientFrame(.ping, "p")
        + clientFrame(.continuation, "llö 😀")
        + clientFrame(.binary, [UInt8](repeating: 7, count: 200))
        + clientFrame(.close, [0x03, 0xE8])

    @Test(arguments: UInt64(1)...20)
    func survivesDamage(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        for _ in 0..<200 {
            var bytes = Self.valid
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<min(bytes.count, 40), using: &random)
                if Bool.random(using: &random) {
                    bytes[index] = UInt8.random(in: 0...255, using: &random)
                } else {
                    bytes.remove(at: index)
                }
            }
            let size = Int.random(in: 1...50, using: &random)
            let whole = Result { try decode(bytes) }
            let split = Result { try decode(bytes, pieces: [size]) }
            switch (whole, split) {
            case (.success(let one), .success(let other)): #expect(one == other)
            case (.failure(let one as WebSocketError), .failure(let other as WebSocketError)):
                #expect(one == other)
            default: Issue.record("split by \(size): \(bytes)")
            }
        }
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
