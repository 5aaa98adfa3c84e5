// SPDX-License-Identifier: Apache-2.0

/// One file of the page, as it is sent.
package struct StudioFile: Sendable {
    package enum Kind: String, Sendable {
        case html = "text/html; charset=utf-8"
        case css = "text/css; charset=utf-8"
        case javaScript = "text/javascript; charset=utf-8"
        case svg = "image/svg+xml"
    }

    /// The `Content-Type` field's value (RFC 9110 §8.3).
    package let contentType: String
    package let body: [UInt8]
    /// The `ETag` field's value, quotes included: strong, the same for the same bytes (RFC 9110
    /// §8.8.3).
    package let entityTag: String

    init(_ kind: Kind, _ body: [UInt8]) {
        contentType = kind.rawValue
        self.body = body
        entityTag = "\"\(String(Self.digest(of: body), radix: 16))\""
    }

    /// FNV-1a, 64 bits: tells one release's file from another's; nobody gains by a collision.
    private static func digest(of bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }
}
