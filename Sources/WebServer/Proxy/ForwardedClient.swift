// SPDX-License-Identifier: Apache-2.0

package import HTTP
package import Reactor

/// Whom the proxies in front of this server speak for, by what they wrote into a request's head.
///
/// Each proxy adds whom it got the request from at the right end. What stands left of the first
/// address that is not a trusted proxy's could have been written by anybody.
package enum ForwardedClient {
    /// The field that the proxies set; they must remove or extend what clients send under its name.
    package enum Field: String, CaseIterable, Sendable {
        case xForwardedFor = "x-forwarded-for"
        /// RFC 7239.
        case forwarded
        case none
    }

    /// Most addresses that are looked at, from the right: more proxies in a row are a mistake.
    package static let maximumHopCount = 32

    /// The rightmost address that is not a trusted proxy's.
    ///
    /// `direct`: the other end of the socket, which is the answer unless it is trusted.
    package static func address(
        _ headers: HTTPHeaders,
        _ field: Field,
        direct: SocketAddress,
        trusted: [Network]
    ) -> SocketAddress {
        func isTrusted(_ address: SocketAddress) -> Bool {
            trusted.contains { $0.contains(address) }
        }
        guard field != .none, isTrusted(direct) else { return direct }
        let nodes =
            switch field {
            case .xForwardedFor: headers.list(of: field.rawValue).map(String.init)
            case .forwarded: headers.values(of: field.rawValue).flatMap(forwardedNodes)
            case .none: [String]()
            }
        var nearest = direct
        for node in nodes.suffix(maximumHopCount).reversed() {
            // Unknown or obfuscated (RFC 7239 §6): whoever wrote it is the last whom we know.
            guard let address = address(of: node) else { return nearest }
            nearest = address
            if !isTrusted(address) { return address }
        }
        return nearest
    }

    /// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
    package static func address(of node: String) -> SocketAddress? {
        if node.hasPrefix("[") {
            guard let bracket = node.firstIndex(of: "]") else { return nil }
            let rest = node[node.index(after: bracket)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            let host = node[node.index(after: node.startIndex)..<bracket]
            return SocketAddress.ipv6(String(host), port: 0)?.unmapped
        }
        if let address = SocketAddress.ipv4(node, port: 0) { return address }
        if let address = SocketAddress.ipv6(node, port: 0) { return address.unmapped }
        guard let colon = node.firstIndex(of: ":"), isPort(node[colon...]) else { return nil }
        return SocketAddress.ipv4(String(node[..<colon]), port: 0)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && (2...6).contains(text.utf8.count)
            && text.utf8.dropFirst().allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }

    /// The `for` of every element, in order; empty where an element has none or makes no sense.
    private static func forwardedNodes(_ value: String) -> [String] {
        elements(of: value, at: UInt8(ascii: ",")).map { element in
            for pair in elements(of: element, at: UInt8(ascii: ";")) {
                guard let equals = pair.firstIndex(of: "=") else { continue }
                guard pair[..<equals].lowercased() == "for" else { continue }
                return unquoted(String(pair[pair.index(after: equals)...]))
            }
            return ""
        }
    }

    /// Splits at a separator that is not inside quotes, and trims.
    ///
    /// From the right, where what the nearest proxy wrote begins: a quote that a client leaves open
    /// must not swallow it.
    private static func elements(of text: String, at separator: UInt8) -> [String] {
        let bytes = Array(text.utf8)
        var parts: [ArraySlice<UInt8>] = []
        var end = bytes.count
        var isQuoted = false
        for index in bytes.indices.reversed() {
            if bytes[index] == UInt8(ascii: "\"") {
                let escapes = bytes[..<index].reversed().prefix { $0 == UInt8(ascii: "\\") }
                if escapes.count.isMultiple(of: 2) { isQuoted.toggle() }
            } else if bytes[index] == separator, !isQuoted {
                parts.append(bytes[(index + 1)..<end])
                end = index
            }
        }
        parts.append(bytes[..<end])
        return parts.reversed().map(trimmed).filter { !$0.isEmpty }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        let rest = bytes.drop(while: blanks.contains).reversed().drop(while: blanks.contains)
        return String(decoding: rest.reversed(), as: UTF8.self)
    }

    /// An address needs no escapes, so a value that has one is none.
    private static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return String(text.dropFirst().dropLast())
    }
}
