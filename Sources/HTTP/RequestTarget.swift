// SPDX-License-Identifier: Apache-2.0

/// What a request asks for, in one of the four forms of RFC 9112 §3.2.
package struct RequestTarget: Hashable, Sendable {
    /// The path as sent, percent-encoded; `*` for the asterisk form, empty for the authority form.
    package let path: String

    /// What follows the question mark, as sent; empty without one.
    package let query: String

    /// The host and port in the target itself, where it has them.
    package let authority: String?

    package init(path: String, query: String = "", authority: String? = nil) {
        self.path = path
        self.query = query
        self.authority = authority
    }

    /// Reads a target, which form depending on the method.
    ///
    /// - Throws: `badTarget` for anything but visible ASCII, for a fragment, for a form that the
    ///   method does not have, and for a scheme other than `http` and `https`.
    package init(parsing text: String, method: HTTPMethod) throws(HTTPRequestError) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0.isVisibleASCII && $0 != UInt8(ascii: "#") })
        else { throw .badTarget }
        if method == .connect {
            guard HostField.isValid(text) else { throw .badTarget }
            self.init(path: "", authority: text)
        } else if text.utf8.first == UInt8(ascii: "/") {
            self.init(splitting: text[...], authority: nil)
        } else if text == "*" {
            guard method == .options else { throw .badTarget }
            self.init(path: "*")
        } else {
            try self.init(absolute: text)
        }
    }

    /// `http://host/path?query`, which every server must accept (RFC 9112 §3.2.2).
    private init(absolute text: String) throws(HTTPRequestError) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw .badTarget }
        let scheme = text[..<colon]
        guard scheme.equalsIgnoringCase("http") || scheme.equalsIgnoringCase("https"),
            text[colon...].utf8.starts(with: "://".utf8)
        else { throw .badTarget }
        let rest = text[colon...].dropFirst(3)
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
        let authority = String(rest[..<(end ?? rest.endIndex)])
        guard !authority.isEmpty, HostField.isValid(authority) else { throw .badTarget }
        self.init(splitting: rest[(end ?? rest.endIndex)...], authority: authority)
    }

    private init(splitting text: Substring, authority: String?) {
        let mark = text.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = text[..<(mark ?? text.endIndex)]
        self.init(
            path: path.isEmpty ? "/" : String(path),
            query: mark.map { String(text[text.utf8.index(after: $0)...]) } ?? "",
            authority: authority
        )
    }

    /// A part of the path without its percent-encoding (RFC 3986 §2.1); nil where that is not well
    /// formed, not UTF-8 or holds a NUL, which would end it for whoever reads it in C.
    package static func decodedPath(_ text: Substring) -> String? {
        guard let path = decoded(text, plusIsSpace: false), !path.utf8.contains(0) else {
            return nil
        }
        return path
    }

    /// The first value of a name in the query, decoded; nil when absent or not valid UTF-8.
    package func queryValue(of name: String) -> String? {
        encodedQueryValue(of: name).flatMap { Self.decoded($0) }
    }

    /// Whether the query has a value of a name that `queryValue` cannot decode.
    package func hasUnreadableQueryValue(of name: String) -> Bool {
        encodedQueryValue(of: name).map { Self.decoded($0) == nil } ?? false
    }

    private func encodedQueryValue(of name: String) -> Substring? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, Self.decoded(first) == name else { continue }
            return parts.count > 1 ? parts[1] : ""
        }
        return nil
    }

    /// Undoes percent-encoding and the form's `+` for a space.
    private static func decoded(_ text: Substring, plusIsSpace: Bool = true) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexadecimalValue,
                    let low = rest.popFirst()?.hexadecimalValue
                else { return nil }
                bytes.append(high << 4 | low)
            default:
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
