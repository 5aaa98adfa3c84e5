// SPDX-License-Identifier: Apache-2.0

/// Why a request was refused while it was read; the connection ends after the answer.
///
/// After any of these the position in the byte stream is unknown, or not worth finding, so nothing
/// that follows may be read as a request (RFC 9112 §11.2, request smuggling).
package enum HTTPRequestError: Error, Hashable, Sendable, CaseIterable {
    case badLineEnd
    case controlCharacter
    case badRequestLine
    case badMethod
    case badTarget
    case requestLineTooLong
    case unsupportedVersion
    case badHeaderField
    case foldedHeaderField
    case headerTooLarge
    case tooManyHeaderFields
    case missingHost
    case badHost
    case badContentLength
    case conflictingLengths
    case badTransferEncoding
    case unsupportedTransferEncoding
    case unsupportedExpectation
    case badChunk
    case bodyTooLarge

    package var status: HTTPStatus {
        switch self {
        case .requestLineTooLong: .uriTooLong
        case .unsupportedVersion: .versionNotSupported
        case .headerTooLarge, .tooManyHeaderFields: .headerFieldsTooLarge
        case .unsupportedTransferEncoding: .notImplemented
        case .unsupportedExpectation: .expectationFailed
        case .bodyTooLarge: .contentTooLarge
        case .badLineEnd, .controlCharacter, .badRequestLine, .badMethod, .badTarget,
            .badHeaderField, .foldedHeaderField, .missingHost, .badHost, .badContentLength,
            .conflictingLengths, .badTransferEncoding, .badChunk:
            .badRequest
        }
    }

    /// One line for the answer's body, so that whoever wrote the client sees what is wrong.
    package var explanation: String {
        switch self {
        case .badLineEnd: "a line does not end with CR LF"
        case .controlCharacter: "a control character in the request's head"
        case .badRequestLine: "the request line is not METHOD TARGET HTTP/x.y"
        case .badMethod: "the method is not a token"
        case .badTarget: "the request target is malformed"
        case .requestLineTooLong: "the request line is too long"
        case .unsupportedVersion: "only HTTP/1.0 and HTTP/1.1 are spoken here"
        case .badHeaderField: "a header field is malformed"
        case .foldedHeaderField: "a header field is folded over several lines"
        case .headerTooLarge: "the header is too large"
        case .tooManyHeaderFields: "too many header fields"
        case .missingHost: "HTTP/1.1 needs a Host header field"
        case .badHost: "the Host header field is malformed or repeated"
        case .badContentLength: "Content-Length is malformed"
        case .conflictingLengths: "the body's length is stated in two ways"
        case .badTransferEncoding: "Transfer-Encoding does not end with chunked, once"
        case .unsupportedTransferEncoding: "only the transfer coding chunked is spoken here"
        case .unsupportedExpectation: "only Expect: 100-continue is known here"
        case .badChunk: "a chunk of the body is malformed"
        case .bodyTooLarge: "the body is too large"
        }
    }
}
