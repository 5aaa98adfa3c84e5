// SPDX-License-Identifier: Apache-2.0

/// The identity of one session, a random UUID (RFC 9562 §5.4), held in 16 bytes.
package struct ClientID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new version 4 UUID.
    package static func random(
        using generator: inout some RandomNumberGenerator
    ) -> ClientID {
        let high = generator.next() as UInt64
        let low = generator.next() as UInt64
        return ClientID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        )
    }
}

extension ClientID: CustomStringConvertible {
    /// The 36-character text form, in lower case.
    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 {
                text.append(UInt8(ascii: "-"))
            }
            let half = index < 16 ? high : low
            let digit = UInt8(half >> UInt64((15 - index % 16) * 4) & 0xF)
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
