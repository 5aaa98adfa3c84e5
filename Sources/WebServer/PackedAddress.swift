// SPDX-License-Identifier: Apache-2.0

import Reactor

/// A peer's address in 19 bytes, since every connection keeps one.
///
/// A Unix socket's path is left out: one that connects has none.
struct PackedAddress {
    private enum Family: UInt8 {
        case ipv4
        case ipv6
        case unix
    }

    private let high: UInt64
    private let low: UInt64
    private let port: UInt16
    private let family: Family

    init(_ address: SocketAddress) {
        switch address {
        case .ipv4(let number, let port):
            (high, low, self.port, family) = (0, UInt64(number), port, .ipv4)
        case .ipv6(let high, let low, let port):
            (self.high, self.low, self.port, family) = (high, low, port, .ipv6)
        case .unix:
            (high, low, port, family) = (0, 0, 0, .unix)
        }
    }

    var address: SocketAddress {
        switch family {
        case .ipv4: .ipv4(UInt32(truncatingIfNeeded: low), port: port)
        case .ipv6: .ipv6(high: high, low: low, port: port)
        case .unix: .unix(path: "")
        }
    }
}
