// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Where a socket listens or connects to.
///
/// Small, since every connection keeps its peer's.
package enum SocketAddress: Hashable, Sendable {
    /// The address as a number: 127.0.0.1 is 0x7f000001.
    case ipv4(UInt32, port: UInt16)
    /// The address as two numbers: ::1 is (0, 1).
    case ipv6(high: UInt64, low: UInt64, port: UInt16)
    /// Empty: an unnamed socket, as connecting Unix sockets are.
    case unix(path: String)

    /// Most bytes in a Unix socket's path: `sun_path` and its terminating NUL, `unix(7)`.
    package static let maximumPathByteCount = 107

    package var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, let port): port
        case .unix: nil
        }
    }

    /// Whether only this machine can be at the other end.
    package var isLoopback: Bool {
        switch self {
        case .ipv4(let address, _): address >> 24 == 127
        case .ipv6(0, 1, _): true
        // ::ffff:127.0.0.0/104, RFC 4291 §2.5.5.2
        case .ipv6(0, let low, _): low >> 24 == 0x0000_ffff_7f
        case .ipv6: false
        case .unix: true
        }
    }

    /// The same host with another port; a Unix path stays as it is.
    package func withPort(_ port: UInt16) -> SocketAddress {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let high, let low, _): .ipv6(high: high, low: low, port: port)
        case .unix: self
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ipv4(_, let port): "\(host):\(port)"
        case .ipv6(_, _, let port): "[\(host)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The address without its port or brackets; a Unix socket's path.
    package var host: String {
        switch self {
        case .ipv4(let address, _):
            return (0..<4).map { String(address >> (24 - 8 * $0) & 0xff) }.joined(separator: ".")
        case .ipv6(let high, let low, _):
            var address = in6_addr(high: high, low: low)
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            // Both buffers are live locals; the text's length is passed along.
            guard
                let result = unsafe inet_ntop(
                    AF_INET6,
                    &address,
                    &text,
                    socklen_t(text.count)
                )
            else { preconditionFailure("inet_ntop") }
            return unsafe String(cString: result)
        case .unix(let path):
            return path
        }
    }
}
