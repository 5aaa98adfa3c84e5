// SPDX-License-Identifier: Apache-2.0

/// A range of addresses, `10.0.0.0/8` or `2001:db8::/32`, or every Unix socket.
///
/// A single address is a range of one.
package enum Network: Hashable, Sendable {
    /// The address with every bit below the prefix cleared.
    case ipv4(UInt32, prefix: Int)
    case ipv6(high: UInt64, low: UInt64, prefix: Int)
    case unix

    package static let hint = "a network such as 10.0.0.0/8, 192.0.2.7, 2001:db8::/32 or unix"

    /// nil for anything else, a bit below the prefix included: that is most likely a mistake.
    package init?(parsing text: String) {
        if text == "unix" {
            self = .unix
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = parts.first.map(String.init) else { return nil }
        let digits = parts.count == 2 ? String(parts[1]) : nil
        func prefix(upTo most: Int) -> Int? {
            guard let digits else { return most }
            guard (1...3).contains(digits.utf8.count), digits.allSatisfy(\.isWholeNumber),
                let prefix = Int(digits), prefix <= most
            else { return nil }
            return prefix
        }
        if case .ipv4(let number, _) = SocketAddress.ipv4(address, port: 0) {
            guard let prefix = prefix(upTo: 32), number & ~Self.mask(prefix) == 0 else {
                return nil
            }
            self = .ipv4(number, prefix: prefix)
        } else if case .ipv6(let high, let low, _) = SocketAddress.ipv6(address, port: 0) {
            guard let prefix = prefix(upTo: 128) else { return nil }
            let mask = Self.mask6(prefix)
            guard high & ~mask.high == 0, low & ~mask.low == 0 else { return nil }
            self = .ipv6(high: high, low: low, prefix: prefix)
        } else {
            return nil
        }
    }

    /// Whether an address lies in it; an IPv4 address in IPv6's clothes is the IPv4 one.
    package func contains(_ address: SocketAddress) -> Bool {
        switch (self, address.unmapped) {
        case (.unix, .unix): true
        case (.ipv4(let network, let prefix), .ipv4(let number, _)):
            number & Self.mask(prefix) == network
        case (.ipv6(let high, let low, let prefix), .ipv6(let otherHigh, let otherLow, _)):
            otherHigh & Self.mask6(prefix).high == high && otherLow & Self.mask6(prefix).low == low
        default: false
        }
    }

    private static func mask(_ prefix: Int) -> UInt32 {
        prefix == 0 ? 0 : ~UInt32(0) << UInt32(32 - prefix)
    }

    private static func mask6(_ prefix: Int) -> (high: UInt64, low: UInt64) {
        func half(_ bits: Int) -> UInt64 {
            bits <= 0 ? 0 : ~UInt64(0) << UInt64(64 - min(bits, 64))
        }
        return (half(prefix), half(prefix - 64))
    }
}

extension Network: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unix: "unix"
        case .ipv4(let number, 32): SocketAddress.ipv4(number, port: 0).host
        case .ipv4(let number, let prefix): SocketAddress.ipv4(number, port: 0).host + "/\(prefix)"
        case .ipv6(let high, let low, 128): SocketAddress.ipv6(high: high, low: low, port: 0).host
        case .ipv6(let high, let low, let prefix):
            SocketAddress.ipv6(high: high, low: low, port: 0).host + "/\(prefix)"
        }
    }
}

extension SocketAddress {
    /// The IPv4 address that an IPv6 one stands for (RFC 4291 §2.5.5.2); any other as it is.
    package var unmapped: SocketAddress {
        guard case .ipv6(0, let low, let port) = self, low >> 32 == 0xFFFF else { return self }
        return .ipv4(UInt32(truncatingIfNeeded: low), port: port)
    }
}
