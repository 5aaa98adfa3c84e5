// SPDX-License-Identifier: Apache-2.0

import JSON

/// Header fields that a plugin gives, so that none of them can end the header or frame the body.
enum HTTPField {
    /// Those that say where a message ends or what becomes of the connection are the server's.
    private static let serverOwn: Set<String> = [
        "connection", "content-length", "content-type", "date", "keep-alive", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// The members of a plugin's `http_headers`.
    static func fields(
        of headers: HeldJSON?
    ) throws(UnusableAnswer) -> [(name: String, value: String)] {
        guard let headers else { return [] }
        let limits = JSONLimits(maximumByteCount: 1 << 20, maximumDepth: 1)
        guard headers.isObject,
            let text = headers.text(maximumByteCount: limits.maximumByteCount),
            let object = try? JSONValue.parse(text, limits: limits)
        else { throw UnusableAnswer(reason: "the headers are no object of names and texts") }
        guard object.count <= PluginLimits.maximumHeaderFields else {
            throw UnusableAnswer(
                reason: "more than \(PluginLimits.maximumHeaderFields) header fields"
            )
        }
        var fields: [(name: String, value: String)] = []
        for (name, value) in object.members {
            guard isName(name), let text = value.string, isValue(text),
                name.utf8.count + text.utf8.count <= PluginLimits.maximumHeaderByteCount
            else { throw UnusableAnswer(reason: "a header field is malformed or too long") }
            guard !serverOwn.contains(name.lowercased()) else {
                throw UnusableAnswer(reason: "the header field \(name) is the server's own")
            }
            fields.append((name, text))
        }
        return fields
    }

    /// A token (RFC 9110 §5.6.2).
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Visible characters, blanks and tabs (RFC 9110 §5.5).
    static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || 0x20...0x7E ~= $0 }
    }
}
