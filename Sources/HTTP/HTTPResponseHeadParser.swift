// SPDX-License-Identifier: Apache-2.0

/// Why an answer's head could not be read.
package enum HTTPResponseError: Error, Hashable, Sendable {
    case badStatusLine
    case badHeader
    case tooLarge
}

/// Reads an answer's head in whatever pieces it arrives.
///
/// Interim answers (1xx but 101) are returned like others; the caller reads on with a new parser.
package struct HTTPResponseHeadParser: Sendable {
    private var line = LineAssembler()
    private var status: HTTPStatus?
    private var block = HeaderBlock()
    private let limits: HTTPLimits

    package init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Takes bytes up to the end of the head; nil when it has taken them all without finding it.
    package mutating func parse(
        _ bytes: Span<UInt8>,
        from offset: inout Int
    ) throws(HTTPResponseError) -> HTTPResponseHead? {
        do throws(HeadError) {
            if status == nil {
                guard
                    let complete = try line.consume(
                        bytes,
                        from: &offset,
                        maximumByteCount: limits.maximumRequestLineByteCount
                    )
                else { return nil }
                status = try Self.status(complete)
            }
            guard let status,
                let headers = try block.consume(
                    bytes,
                    from: &offset,
                    maximumByteCount: limits.maximumHeaderByteCount,
                    maximumFieldCount: limits.maximumHeaderFieldCount
                )
            else { return nil }
            return HTTPResponseHead(status: status, headers: headers)
        } catch .lineTooLong, .headerTooLarge, .tooManyFields {
            throw .tooLarge
        } catch {
            throw status == nil ? .badStatusLine : .badHeader
        }
    }

    /// `HTTP/1.x SP three digits [SP reason]` (RFC 9112 §4).
    private static func status(_ line: [UInt8]) throws(HeadError) -> HTTPStatus {
        guard line.count >= 12, line.starts(with: "HTTP/1.".utf8), line[7].isDigit,
            line[8] == UInt8(ascii: " "), line[9...11].allSatisfy(\.isDigit),
            line.count == 12 || line[12] == UInt8(ascii: " "),
            let code = UInt16(String(decoding: line[9...11], as: UTF8.self)), code >= 100
        else { throw .badField }
        return HTTPStatus(code: code, reason: String(decoding: line.dropFirst(13), as: UTF8.self))
    }
}
