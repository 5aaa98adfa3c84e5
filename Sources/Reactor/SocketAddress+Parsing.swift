// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A text that is no socket address; the description says what would be.
package struct SocketAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package let problem: String

    package init(text: String, problem: String) {
        self.text = text
        self.problem = problem
    }

    package var description: String {
        "\"\(text)\" is not an address to use: \(problem)"
    }
}

extension SocketAddress {
    /// Reads `127.0.0.1:8000`, `[::1]:8000`, `localhost:8000` or `unix:/run/tally.sock`.
    ///
    /// Asks no name server. `localhost` is 127.0.0.1.
    package init(parsing text: String) throws(SocketAddressError) {
        func fail(_ problem: String) -> SocketAddressError {
            SocketAddressError(text: text, problem: problem)
        }
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard !path.isEmpty else { throw fail("write unix: and a path") }
            guard !path.utf8.contains(0) else { throw fail("a path has no NUL byte") }
            guard path.utf8.count <= Self.maximumPathByteCount else {
                throw fail("a socket's path has at most \(Self.maximumPathByteCount) bytes")
            }
            self = .unix(path: path)
            return
        }
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else {
            throw fail("the port is missing; write ADDRESS:PORT, such as 127.0.0.1:8000")
        }
        let digits = text[text.index(after: colon)...]
        guard
            !digits.isEmpty, digits.utf8.count <= 5,
            digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let port = UInt16(digits)
        else { throw fail("the port after the last colon must be a number from 0 to 65535") }
        var host = String(text[..<colon])
        if host.isEmpty || host == "*" {
            throw fail("write 0.0.0.0:\(port) or [::]:\(port) to listen on all addresses")
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard let parsed = Self.ipv6(host, port: port) else {
                throw fail("there is no IPv6 address between the brackets")
            }
            self = parsed
        } else if let parsed = Self.ipv4(host == "localhost" ? "127.0.0.1" : host, port: port) {
            self = parsed
        } else if Self.ipv6(host, port: port) != nil {
            throw fail("put brackets round the IPv6 address: [\(host)]:\(port)")
        } else {
            throw fail("\"\(host)\" is neither an IPv4 address nor an IPv6 address in brackets")
        }
    }

    /// Four decimal numbers with dots; nil for anything else.
    package static func ipv4(_ host: String, port: UInt16) -> SocketAddress? {
        var address = in_addr()
        // inet_pton(3) writes 4 bytes to a live local and knows only the dotted form.
        guard unsafe inet_pton(AF_INET, host, &address) == 1 else { return nil }
        return .ipv4(UInt32(bigEndian: address.s_addr), port: port)
    }

    /// An IPv6 address without brackets or zone; nil for anything else.
    package static func ipv6(_ host: String, port: UInt16) -> SocketAddress? {
        var address = in6_addr()
        // inet_pton(3) writes 16 bytes to a live local.
        guard unsafe inet_pton(AF_INET6, host, &address) == 1 else { return nil }
        let (high, low) = address.halves
        return .ipv6(high: high, low: low, port: port)
    }
}

extension in6_addr {
    init(high: UInt64, low: UInt64) {
        self.init()
        // in6_addr is 16 bytes without padding; both words fit exactly.
        unsafe withUnsafeMutableBytes(of: &self) {
            unsafe $0.storeBytes(of: high.bigEndian, as: UInt64.self)
            unsafe $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
    }

    var halves: (high: UInt64, low: UInt64) {
        // in6_addr is 16 bytes without padding; it is only aligned to 4.
        unsafe withUnsafeBytes(of: self) {
            unsafe (
                UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}
