// SPDX-License-Identifier: Apache-2.0

/// What a parser found in the bytes it was given.
package enum HTTPRequestEvent: Hashable, Sendable {
    /// The client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    case expectsContinue

    /// A request, its body complete; the parser is ready for the next one.
    case request(HTTPRequest)
}

/// Reads requests from a connection's bytes, in whatever pieces they arrive.
///
/// ```
/// while let event = try parser.parse(bytes, from: &offset) { ... }
/// ```
/// Nothing is read twice, so a request that comes byte by byte costs what it costs in one piece.
/// After an error the parser must not be used again.
package struct HTTPRequestParser: Sendable {
    private enum Phase {
        case requestLine
        case header
        case fixedBody
        case chunkedBody
    }

    private let limits: HTTPLimits
    private var phase = Phase.requestLine
    private var line = LineAssembler()
    private var emptyLineCount = 0
    private var requestLine: RequestLine?
    private var block = HeaderBlock()
    private var request: HTTPRequest?
    private var bodyByteCount = 0
    private var chunks = ChunkedBodyDecoder()

    package init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Whether nothing of the next request has arrived yet.
    package var isBetweenRequests: Bool {
        switch phase {
        case .requestLine: line.isEmpty && emptyLineCount == 0
        case .header, .fixedBody, .chunkedBody: false
        }
    }

    /// Whether the head is complete and the body is still coming.
    package var isReadingBody: Bool {
        switch phase {
        case .requestLine, .header: false
        case .fixedBody, .chunkedBody: true
        }
    }

    /// Takes bytes from `offset` on up to the next event; nil when it has taken them all.
    package mutating func parse(
        _ bytes: Span<UInt8>,
        from offset: inout Int
    ) throws(HTTPRequestError) -> HTTPRequestEvent? {
        while offset < bytes.count {
            switch phase {
            case .requestLine:
                try parseRequestLine(bytes, from: &offset)
            case .header:
                guard let headers = try parseHeader(bytes, from: &offset) else { return nil }
                if let event = try beginBody(headers) { return event }
            case .fixedBody:
                let wanted = bodyByteCount - (request?.body.count ?? 0)
                let end = offset + min(wanted, bytes.count - offset)
                request?.body.append(bytes, offset..<end)
                offset = end
                if request?.body.count == bodyByteCount { return finish() }
            case .chunkedBody:
                guard let body = try chunks.consume(bytes, from: &offset, limits: limits) else {
                    return nil
                }
                request?.body = body
                return finish()
            }
        }
        return nil
    }

    private mutating func parseRequestLine(
        _ bytes: Span<UInt8>,
        from offset: inout Int
    ) throws(HTTPRequestError) {
        let complete: [UInt8]?
        do throws(HeadError) {
            complete = try line.consume(
                bytes,
                from: &offset,
                maximumByteCount: limits.maximumRequestLineByteCount
            )
        } catch {
            throw HTTPRequestError(error)
        }
        guard let complete else { return }
        if complete.isEmpty {
            emptyLineCount += 1
            guard emptyLineCount <= HTTPLimits.maximumLeadingEmptyLineCount else {
                throw .badRequestLine
            }
            return
        }
        requestLine = try RequestLine(parsing: complete)
        phase = .header
    }

    private mutating func parseHeader(
        _ bytes: Span<UInt8>,
        from offset: inout Int
    ) throws(HTTPRequestError) -> HTTPHeaders? {
        do throws(HeadError) {
            return try block.consume(
                bytes,
                from: &offset,
                maximumByteCount: limits.maximumHeaderByteCount,
                maximumFieldCount: limits.maximumHeaderFieldCount
            )
        } catch {
            throw HTTPRequestError(error)
        }
    }

    /// Checks the complete head and decides how the body ends.
    private mutating func beginBody(
        _ headers: HTTPHeaders
    ) throws(HTTPRequestError) -> HTTPRequestEvent? {
        guard let requestLine else { preconditionFailure("a header without its request line") }
        try Self.checkHost(headers, version: requestLine.version)
        let framing = try BodyFraming(
            of: headers,
            version: requestLine.version,
            maximumByteCount: limits.maximumBodyByteCount
        )
        let expectation = headers["expect"]
        if requestLine.version == .http11, let expectation {
            guard expectation.equalsIgnoringCase("100-continue") else {
                throw .unsupportedExpectation
            }
        }
        request = HTTPRequest(
            method: requestLine.method,
            target: requestLine.target,
            version: requestLine.version,
            headers: headers
        )
        switch framing {
        case .none:
            return finish()
        case .length(let count):
            bodyByteCount = count
            phase = .fixedBody
        case .chunked:
            phase = .chunkedBody
        }
        return requestLine.version == .http11 && expectation != nil ? .expectsContinue : nil
    }

    /// Exactly one valid Host in 1.1, at most one in 1.0 (RFC 9112 §3.2).
    private static func checkHost(
        _ headers: HTTPHeaders,
        version: HTTPVersion
    ) throws(HTTPRequestError) {
        let hosts = headers.values(of: "host")
        if hosts.isEmpty, version == .http11 { throw .missingHost }
        guard hosts.count <= 1, hosts.allSatisfy(HostField.isValid) else { throw .badHost }
    }

    private mutating func finish() -> HTTPRequestEvent? {
        guard let request else { preconditionFailure("a request ended before it began") }
        self = HTTPRequestParser(limits: limits)
        return .request(request)
    }
}
