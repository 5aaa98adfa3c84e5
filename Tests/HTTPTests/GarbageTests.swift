// SPDX-License-Identifier: Apache-2.0

import HTTP
import TestSupport
import Testing

/// Valid requests with random damage: an answer or an error, never a crash, and the same however
/// the bytes are split.
@Suite struct GarbageTests {
    private static let valid = Array(
        ("GET http://a:1/b?c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            + "POST / HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 5\r\n\r\nhello"
            + "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n").utf8
    )

    @Test(arguments: UInt64(1)...20)
    func survivesDamage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var bytes = Self.valid
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default:
                    bytes.insert(contentsOf: "\r\n :;,0x".utf8.shuffled(using: &random), at: index)
                }
            }
            let size = Int.random(in: 1...50, using: &random)
            let whole = Result { try read(bytes) }
            let split = Result { try read(bytes, pieces: [size]) }
            switch (whole, split) {
            case (.success(let one), .success(let other)): #expect(one == other)
            case (.failure(let one as HTTPRequestError), .failure(let other as HTTPRequestError)):
                #expect(one == other)
            default: Issue.record("split by \(size): \(bytes)")
            }
        }
    }
}
