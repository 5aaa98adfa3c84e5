// SPDX-License-Identifier: Apache-2.0

/// How a request's body ends (RFC 9112 §6.3).
enum BodyFraming: Hashable, Sendable {
    case none
    case length(Int)
    case chunked

    /// Decides from the header, refusing everything that two parsers could read differently.
    init(
        of headers: HTTPHeaders,
        version: HTTPVersion,
        maximumByteCount: Int
    ) throws(HTTPRequestError) {
        let lengths = headers.values(of: "content-length")
        let codings = headers.values(of: "transfer-encoding")
        if codings.isEmpty {
            self = try Self.length(lengths, maximumByteCount: maximumByteCount)
            return
        }
        // RFC 9112 §6.1: both at once, or a transfer coding from a 1.0 client, is an attack or a
        // broken proxy; "ought to be handled as an error".
        guard lengths.isEmpty else { throw .conflictingLengths }
        guard version == .http11 else { throw .badTransferEncoding }
        let names = headers.list(of: "transfer-encoding")
        let chunked = names.count { $0.equalsIgnoringCase("chunked") }
        guard names.last?.equalsIgnoringCase("chunked") ?? false, chunked == 1 else {
            let isKnown = names.isEmpty || chunked > 0
            throw isKnown ? .badTransferEncoding : .unsupportedTransferEncoding
        }
        guard names.count == 1 else { throw .unsupportedTransferEncoding }
        self = .chunked
    }

    /// Several equal lengths are taken as one (RFC 9110 §8.6), differing ones never.
    private static func length(
        _ values: [String],
        maximumByteCount: Int
    ) throws(HTTPRequestError) -> BodyFraming {
        guard let first = values.first else { return .none }
        for value in values {
            guard !value.isEmpty, value.utf8.allSatisfy(\.isDigit) else { throw .badContentLength }
        }
        guard values.allSatisfy({ $0 == first }) else { throw .conflictingLengths }
        // Only digits are left, so a failure means more than fits an Int.
        guard let count = Int(first), count <= maximumByteCount else { throw .bodyTooLarge }
        return count == 0 ? .none : .length(count)
    }
}
