// SPDX-License-Identifier: Apache-2.0

/// What one request may cost before it is refused.
package struct HTTPLimits: Hashable, Sendable {
    /// Bytes of the request line without its end; longer ones get 414.
    ///
    /// RFC 9112 §3 asks for at least 8,000.
    package var maximumRequestLineByteCount: Int

    /// Bytes of all field lines together, trailers counted by themselves; more gets 431.
    package var maximumHeaderByteCount: Int

    /// Field lines; more gets 431, so that a lookup stays cheap.
    package var maximumHeaderFieldCount: Int

    /// Bytes of the body after its transfer coding is undone; more gets 413.
    package var maximumBodyByteCount: Int

    package init(
        maximumRequestLineByteCount: Int = 8 * 1024,
        maximumHeaderByteCount: Int = 16 * 1024,
        maximumHeaderFieldCount: Int = 100,
        maximumBodyByteCount: Int = 64 * 1024
    ) {
        self.maximumRequestLineByteCount = maximumRequestLineByteCount
        self.maximumHeaderByteCount = maximumHeaderByteCount
        self.maximumHeaderFieldCount = maximumHeaderFieldCount
        self.maximumBodyByteCount = maximumBodyByteCount
    }

    /// Bytes of a method name; the longest registered one has 17 (RFC 9110 §16.1).
    package static let maximumMethodByteCount = 32

    /// Bytes of one chunk-size line with its extensions, which nobody uses but attackers.
    package static let maximumChunkLineByteCount = 256

    /// Empty lines before a request line, which old clients send after a body (RFC 9112 §2.2).
    package static let maximumLeadingEmptyLineCount = 4
}
