// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Reads a PROXY header, version 1 or 2, and not a byte more ("The PROXY protocol", 2020/03/05).
///
///     1:  PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 CR LF
///     2:  12 bytes of signature, version and command, family, length of the rest (16 bits); then
///         addresses and ports, and whatever else the proxy wants to say
///
package struct ProxyHeaderParser {
    /// What version 1 can have at most (§2.1), its end of line included.
    package static let maximumLineByteCount = 107
    /// Of version 2 with all that it carries.
    ///
    /// Proxies send less than 600, certificates of clients included.
    package static let maximumByteCount = 4_096

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let lineStart = Array("PROXY ".utf8)
    /// Signature, version and command, family, length.
    private static let fixedByteCount = 16

    private var received: [UInt8] = []

    package init() {}

    /// Takes bytes from `offset` on, and stops behind the header; nil while it is not complete.
    package mutating func parse(
        _ bytes: Span<UInt8>,
        from offset: inout Int
    ) throws(ProxyHeaderError) -> ProxyHeader? {
        while offset < bytes.count {
            received.append(bytes[offset])
            offset += 1
            if let header = try header() { return header }
        }
        return nil
    }

    /// What the bytes so far are, if they are a whole header.
    private func header() throws(ProxyHeaderError) -> ProxyHeader? {
        if received[0] == Self.signature[0] {
            guard Self.signature.starts(with: received.prefix(Self.signature.count)) else {
                throw .missing
            }
            return try binary()
        }
        guard Self.lineStart.starts(with: received.prefix(Self.lineStart.count)) else {
            throw .missing
        }
        if received.suffix(2).elementsEqual([0x0D, 0x0A]) { return try Self.line(received) }
        guard received.count < Self.maximumLineByteCount else { throw .tooLong }
        return nil
    }

    private static func line(_ bytes: [UInt8]) throws(ProxyHeaderError) -> ProxyHeader {
        let words = bytes.dropFirst(lineStart.count).dropLast(2).split(
            separator: UInt8(ascii: " "),
            omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        // Whatever else the line has is to be ignored then (§2.1).
        if words[0] == "UNKNOWN" { return .unspecified }
        guard words.count == 5, let port = port(words[3]), self.port(words[4]) != nil else {
            throw .malformed
        }
        let source: SocketAddress?
        let destination: SocketAddress?
        switch words[0] {
        case "TCP4":
            source = SocketAddress.ipv4(words[1], port: port)
            destination = SocketAddress.ipv4(words[2], port: 0)
        case "TCP6":
            source = SocketAddress.ipv6(words[1], port: port)
            destination = SocketAddress.ipv6(words[2], port: 0)
        default: throw .malformed
        }
        guard let source, destination != nil else { throw .malformed }
        return .client(source.unmapped)
    }

    private static func port(_ text: String) -> UInt16? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return UInt16(text)
    }

    private func binary() throws(ProxyHeaderError) -> ProxyHeader? {
        guard received.count >= Self.fixedByteCount else { return nil }
        let length = Int(number(at: 14, byteCount: 2))
        guard Self.fixedByteCount + length <= Self.maximumByteCount else { throw .tooLong }
        let (command, family) = (received[12], received[13])
        let local: UInt8 = 0x20
        let proxied: UInt8 = 0x21
        guard command == local || command == proxied else { throw .malformed }
        guard received.count == Self.fixedByteCount + length else { return nil }
        guard command == proxied else { return .unspecified }
        switch family {
        case 0x11:  // TCP over IPv4: two addresses, two ports
            guard length >= 12 else { throw .malformed }
            return .client(
                .ipv4(
                    UInt32(truncatingIfNeeded: number(at: 16, byteCount: 4)),
                    port: UInt16(truncatingIfNeeded: number(at: 24, byteCount: 2))
                )
            )
        case 0x21:  // TCP over IPv6
            guard length >= 36 else { throw .malformed }
            return .client(
                SocketAddress.ipv6(
                    high: number(at: 16, byteCount: 8),
                    low: number(at: 24, byteCount: 8),
                    port: UInt16(truncatingIfNeeded: number(at: 48, byteCount: 2))
                ).unmapped
            )
        case 0x31:  // a Unix socket, whose client has no address
            guard length >= 216 else { throw .malformed }
            return .unspecified
        case 0x00: return .unspecified
        default: throw .malformed
        }
    }

    /// A number in network order; the header's length was checked before.
    private func number(at start: Int, byteCount: Int) -> UInt64 {
        received[start..<(start + byteCount)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
