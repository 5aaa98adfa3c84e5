// SPDX-License-Identifier: Apache-2.0

/// Random names of epochs from a seed: the core itself reads no randomness.
///
/// SplitMix64 (Steele, Lea, Flood 2014). Epochs need to differ, not to be secret.
struct EpochSource: RandomNumberGenerator, Sendable {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    /// 36^8 epochs: two of a channel's alike by chance one time in 2.8 million million.
    private static let length = 8

    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func epoch() -> String {
        var text: [UInt8] = []
        for _ in 0..<Self.length {
            text.append(Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &self)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
