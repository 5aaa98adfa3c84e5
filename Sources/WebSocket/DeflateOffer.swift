// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// Compression of each message by itself, as it is agreed on in the handshake (RFC 7692 §7.1).
///
/// The server always answers `server_no_context_takeover`, so that one compressed message is the same
/// bytes for everyone, and `client_no_context_takeover`, so that no connection holds a window of
/// its own and each can move to another process.
package enum DeflateOffer {
    private static let name = "permessage-deflate"
    /// The server compresses in the largest window: for one that a client wants smaller, not at all.
    private static let windowBits = "15"
    /// Offers of one handshake that are looked at.
    private static let maximumOfferCount = 8

    /// The answer to the first of a client's offers that can be met; nil: no compression.
    package static func answer(to headers: HTTPHeaders) -> String? {
        let offers = headers.list(of: "sec-websocket-extensions").prefix(maximumOfferCount)
        return offers.lazy.compactMap(answer(to:)).first
    }

    private static func answer(to offer: Substring) -> String? {
        let parts = offer.split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.trimmingWhitespace }
        guard let first = parts.first, first.equalsIgnoringCase(name) else { return nil }
        var seen: Set<String> = []
        var answer = "\(name); server_no_context_takeover; client_no_context_takeover"
        for part in parts.dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.trimmingWhitespace }
            guard let key = sides.first?.lowercased(), seen.insert(key).inserted else { return nil }
            let value = sides.count > 1 ? unquoted(sides[1]) : nil
            switch key {
            case "server_no_context_takeover", "client_no_context_takeover":
                guard value == nil else { return nil }
            case "server_max_window_bits":
                guard value == windowBits else { return nil }
                answer += "; server_max_window_bits=\(windowBits)"
            case "client_max_window_bits":
                // Ours to use or not; we read any window.
                guard value == nil || (8...15).contains(Int(value ?? "") ?? 0) else { return nil }
            default:
                return nil
            }
        }
        return answer
    }

    private static func unquoted(_ value: Substring) -> String {
        value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            ? String(value.dropFirst().dropLast()) : String(value)
    }
}
