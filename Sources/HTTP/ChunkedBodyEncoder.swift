// SPDX-License-Identifier: Apache-2.0

/// Writes a body whose length nobody knows yet (RFC 9112 §7.1).
package enum ChunkedBodyEncoder {
    /// One chunk; an empty one would end the body, and is `lastChunk`.
    package static func encode(_ payload: [UInt8]) -> [UInt8] {
        precondition(!payload.isEmpty, "an empty chunk is the last")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 20)
        bytes.append(contentsOf: String(payload.count, radix: 16).utf8)
        bytes.append(contentsOf: "\r\n".utf8)
        bytes.append(contentsOf: payload)
        bytes.append(contentsOf: "\r\n".utf8)
        return bytes
    }

    /// The end of the body, without trailers.
    package static let lastChunk = Array("0\r\n\r\n".utf8)
}
