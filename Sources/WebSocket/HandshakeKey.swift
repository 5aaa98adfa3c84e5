// SPDX-License-Identifier: Apache-2.0

/// The value that proves that the other side speaks WebSocket (RFC 6455 §1.3).
package struct HandshakeKey: Hashable, Sendable {
    package let text: String

    /// The key of a client, from 16 random bytes.
    package init(randomBytes: [UInt8]) {
        precondition(randomBytes.count == 16, "RFC 6455 §4.1: 16 bytes")
        text = Base64.encode(randomBytes)
    }

    /// A key as it arrived; nil unless it encodes 16 bytes.
    init?(parsing text: String) {
        guard Base64.encodesSixteenBytes(text) else { return nil }
        self.text = text
    }

    /// What the answer's `Sec-WebSocket-Accept` is the SHA-1 digest of.
    ///
    /// This module holds no cryptography: the owner computes the digest.
    package var acceptInput: [UInt8] {
        Array((text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    }

    /// The field's value for that digest.
    static func acceptValue(digest: [UInt8]) -> String { Base64.encode(digest) }
}
