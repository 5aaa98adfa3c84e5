// SPDX-License-Identifier: Apache-2.0

/// A token taken apart at its dots (RFC 7515 §7.1): three base64url texts.
struct TokenParts {
    let header: String
    let payload: String
    let signature: String

    /// Checks size, number of parts and alphabet; an unsigned token has an empty signature.
    init(_ token: String) throws(TokenError) {
        guard token.utf8.count <= TokenLimit.token else { throw .oversized }
        let parts = token.utf8.split(
            separator: UInt8(ascii: "."),
            maxSplits: 3,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty else { throw .malformed }
        for part in parts where !Self.isBase64URL(part) { throw .malformed }
        header = String(Substring(parts[0]))
        payload = String(Substring(parts[1]))
        signature = String(Substring(parts[2]))
    }

    /// Whether this is the one text that encodes its bytes (RFC 4648 §5, §3.5).
    ///
    /// No padding, nothing outside the alphabet, and no bits left over: else one signature would
    /// have several texts.
    private static func isBase64URL(_ text: Substring.UTF8View) -> Bool {
        var last: UInt8 = 0
        for byte in text {
            guard let value = value(of: byte) else { return false }
            last = value
        }
        switch text.count % 4 {
        case 0: return true
        case 2: return last & 0b1111 == 0
        case 3: return last & 0b11 == 0
        default: return false
        }
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
