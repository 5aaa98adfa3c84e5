// SPDX-License-Identifier: Apache-2.0

/// Damages bytes as networks, broken clients and attackers do.
package enum Mutation {
    /// Pieces that parsers stumble over.
    private static let pieces: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", "\\", ",", ":", "\\u0000", "\\ud800", "\\u", "null", "-",
            "1e999",
            "9223372036854775808", "0.", "\n", "\r\n", " ", ".", "..", "=", "_", "e", "{}", "[[[[",
        ].map { Array($0.utf8) } + [
            [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x7F], [0x1F],
        ]

    /// `input` with one to four random changes.
    package static func mutate(
        _ input: [UInt8],
        using generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            change(&bytes, using: &generator)
        }
        return bytes
    }

    private static func change(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 0...8, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0 where place < bytes.count:
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where place < bytes.count:
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2:
            bytes.removeSubrange(place..<end)
        case 3:
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4:
            bytes.removeSubrange(place...)
        default:
            let piece = pieces.randomElement(using: &generator) ?? []
            bytes.insert(contentsOf: piece, at: place)
        }
    }
}
