// SPDX-License-Identifier: Apache-2.0

/// Sites whose pages may talk to the server: `https://example.com`, `https://*.example.com` or `*`.
package struct OriginPattern: Hashable, Sendable {
    package let text: String

    package static let hint =
        "an origin such as https://example.com, https://*.example.com:8443, null or *"

    /// nil for anything else; a path, a user or a trailing slash included, which no origin has.
    package init?(parsing text: String) {
        if text != "*", text != "null" {
            guard let parts = Self.split(text) else { return nil }
            var host = parts.authority[...]
            if host.hasPrefix("*.") { host = host.dropFirst(2) }
            guard !host.isEmpty, host.utf8.count <= 255, !host.contains("*"),
                host.utf8.allSatisfy(Self.isAuthorityByte)
            else { return nil }
        }
        self.text = text.lowercased()
    }

    /// Whether an `Origin` field's value is one of these sites.
    ///
    /// `*.` stands for one or more labels.
    package func matches(_ origin: String) -> Bool {
        let origin = origin.lowercased()
        if text == "*" || text == origin { return true }
        let scheme = text.hasPrefix("https://") ? "https://" : "http://"
        guard text.hasPrefix(scheme + "*.") else { return false }
        let rest = text.dropFirst(scheme.count + 2)
        guard origin.hasPrefix(scheme), origin.hasSuffix("." + rest) else { return false }
        let labels = origin.dropFirst(scheme.count).dropLast(rest.count + 1)
        return !labels.isEmpty && labels.utf8.allSatisfy { Self.isNameByte($0) }
    }

    /// An origin's scheme, as the port that it implies, and the rest; nil for other schemes.
    package static func split(_ origin: String) -> (authority: String, defaultPort: Int)? {
        for (scheme, port) in [("https://", 443), ("http://", 80)] where origin.hasPrefix(scheme) {
            return (String(origin.dropFirst(scheme.count)), port)
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAuthorityByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || [":", "[", "]"].map { UInt8(ascii: $0) }.contains(byte)
    }
}
