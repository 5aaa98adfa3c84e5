// SPDX-License-Identifier: Apache-2.0

import Compression
import TestSupport
import Testing

@Suite struct CompressionTests {
    private let deflater = Deflater()
    private let inflater = Inflater()

    @Test(arguments: [0, 1, 2, 100, 16_383, 16_384, 16_385, 100_000])
    func givesBackWhatItTook(_ count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let noise = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let text = (0..<count).map { UInt8($0 % 7) }
        for message in [noise, text] {
            let compressed = deflater.deflate(message[...])
            #expect(try inflater.inflate(compressed, maximumByteCount: count) == message)
        }
        if count >= 100 { #expect(deflater.deflate(text[...]).count < count) }
    }

    @Test func remembersNothingFromOneMessageToTheNext() throws {
        let message = Array("the same words, the same words".utf8)
        let first = deflater.deflate(message[...])
        #expect(deflater.deflate(message[...]) == first)
        #expect(Deflater().deflate(message[...]) == first)
        #expect(try Inflater().inflate(first, maximumByteCount: 100) == message)
    }

    @Test func refusesAMessageAtOneByteMoreThanTheLimit() throws {
        for limit in [0, 1, 16_383, 16_384, 16_385, 50_000] {
            let message = [UInt8](repeating: 0x61, count: limit + 1)
            let compressed = deflater.deflate(message[...])
            #expect(throws: InflateError.tooBig) {
                try inflater.inflate(compressed, maximumByteCount: limit)
            }
            #expect(try inflater.inflate(compressed, maximumByteCount: limit + 1) == message)
        }
    }

    @Test func aBombCostsNoMoreThanItsLimit() {
        let bomb = deflater.deflate([UInt8](repeating: 0, count: 50_000_000)[...])
        #expect(bomb.count < 60_000)
        #expect(throws: InflateError.tooBig) {
            try inflater.inflate(bomb, maximumByteCount: 65_536)
        }
    }

    @Test func refusesWhatIsNotCompressed() {
        #expect(throws: InflateError.invalid) {
            try inflater.inflate([0xFF, 0xFF, 0xFF, 0xFF], maximumByteCount: 1_000)
        }
        // A stored block whose length and its complement differ (RFC 1951 §3.2.4).
        #expect(throws: InflateError.invalid) {
            try inflater.inflate([0x00, 0x05, 0x00, 0x00, 0x00], maximumByteCount: 1_000)
        }
    }

    @Test func readsWhatAClientMayEndByABlockOfItsOwn() throws {
        // RFC 7692 §7.2.3.5: "Hello" in one block with BFINAL set.
        let message: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]
        #expect(try inflater.inflate(message, maximumByteCount: 5) == Array("Hello".utf8))
        // RFC 7692 §7.2.3.1: the usual form.
        let usual: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        #expect(try inflater.inflate(usual, maximumByteCount: 5) == Array("Hello".utf8))
    }

    @Test func survivesGarbage() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0..<200, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            if let message = try? inflater.inflate(bytes, maximumByteCount: 1_000) {
                #expect(message.count <= 1_000)
            }
        }
    }
}
