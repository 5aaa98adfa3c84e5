// SPDX-License-Identifier: Apache-2.0

extension Author {
    /// A 64-bit digest that is the same in every process and version, so that it may be journaled.
    ///
    /// FNV-1a with a final mix (MurmurHash3's). Among a million authors the chance that any two
    /// share one is below 10⁻⁷; user ids come from signed tokens, so nobody can choose them to
    /// collide.
    package var digest: UInt64 {
        switch self {
        case .user(let user):
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in user.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return Self.mixed(hash)
        case .client(let client):
            return Self.mixed(client.high ^ Self.mixed(client.low))
        }
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 33) &* 0xFF51_AFD7_ED55_8CCD
        value = (value ^ value >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return value ^ value >> 33
    }
}
