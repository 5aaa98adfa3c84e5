// SPDX-License-Identifier: Apache-2.0

import TestSupport
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
        var random = SeededGenerator(seed: seed)
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
