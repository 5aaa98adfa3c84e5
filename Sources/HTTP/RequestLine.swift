// SPDX-License-Identifier: Apache-2.0

/// The first line of a request, `method SP target SP version` (RFC 9112 §3).
struct RequestLine: Hashable, Sendable {
    let method: HTTPMethod
    let target: RequestTarget
    let version: HTTPVersion

    /// Takes exactly one space between the parts: being lenient there is a way to smuggle.
    init(parsing line: [UInt8]) throws(HTTPRequestError) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .badRequestLine }
        guard !parts[0].isEmpty, parts[0].count <= HTTPLimits.maximumMethodByteCount,
            parts[0].allSatisfy(\.isTokenByte)
        else { throw .badMethod }
        version = try Self.version(parts[2])
        method = HTTPMethod(String(decoding: parts[0], as: UTF8.self))
        guard parts[1].allSatisfy(\.isVisibleASCII) else { throw .badTarget }
        target = try RequestTarget(
            parsing: String(decoding: parts[1], as: UTF8.self),
            method: method
        )
    }

    /// Reads `HTTP/` digit `.` digit; the name is case-sensitive (RFC 9112 §2.3).
    private static func version(_ bytes: ArraySlice<UInt8>) throws(HTTPRequestError) -> HTTPVersion
    {
        let text = Array(bytes)
        guard text.count == 8, text.starts(with: "HTTP/".utf8), text[5].isDigit,
            text[6] == UInt8(ascii: "."), text[7].isDigit
        else { throw .badRequestLine }
        guard text[5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
        return text[7] == UInt8(ascii: "0") ? .http10 : .http11
    }
}
