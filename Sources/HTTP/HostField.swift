// SPDX-License-Identifier: Apache-2.0

/// The grammar of the Host header field and of an authority: `host[:port]` (RFC 3986 §3.2.2).
enum HostField {
    /// User information (`user@host`) is refused: it has no place in HTTP (RFC 9110 §4.2.4).
    static func isValid(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        let hostEnd: Int
        if bytes.first == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")), bracket > 1,
                bytes[1..<bracket].allSatisfy(isAddressByte)
            else { return false }
            hostEnd = bracket + 1
        } else {
            hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            guard bytes[..<hostEnd].allSatisfy(isNameByte) else { return false }
        }
        guard hostEnd < bytes.count else { return true }
        let port = bytes[(hostEnd + 1)...]
        return bytes[hostEnd] == UInt8(ascii: ":") && port.count <= 5 && port.allSatisfy(\.isDigit)
    }

    /// Inside the brackets of an IPv6 literal, zone ids left out.
    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte.hexadecimalValue != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    /// `unreserved`, `pct-encoded` and `sub-delims` of RFC 3986, without looking into escapes.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "="):
            true
        case UInt8(ascii: "#"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"):
            false
        default:
            byte.isTokenByte
        }
    }
}
