// SPDX-License-Identifier: Apache-2.0

/// One field line, `name: value` (RFC 9112 §5).
enum HeaderFieldLine {
    /// The name in lower case and the value without white space around it.
    ///
    /// White space before the colon and a folded line are refused: both were used to hide a
    /// `Transfer-Encoding` from one parser and not from another (RFC 9112 §5.1, §5.2). Bytes above
    /// ASCII that are not UTF-8 become U+FFFD in the value; control characters never get here.
    static func parse(_ line: [UInt8]) throws(HeadError) -> HTTPHeaders.Field {
        guard let first = line.first else { throw .badField }
        guard !first.isWhitespace else { throw .foldedField }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            line[..<colon].allSatisfy(\.isTokenByte)
        else { throw .badField }
        var value = line[(colon + 1)...]
        value = value.drop(while: \.isWhitespace)
        while value.last?.isWhitespace ?? false { value.removeLast() }
        return HTTPHeaders.Field(
            name: String(decoding: line[..<colon].map(\.asciiLowercased), as: UTF8.self),
            value: String(decoding: value, as: UTF8.self)
        )
    }
}
