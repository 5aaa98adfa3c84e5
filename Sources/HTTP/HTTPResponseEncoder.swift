// SPDX-License-Identifier: Apache-2.0

/// Turns an answer into bytes.
package enum HTTPResponseEncoder {
    /// What of the request decides how its answer looks.
    package struct Context: Hashable, Sendable {
        package var method: HTTPMethod
        package var version: HTTPVersion
        package var keepsConnectionAlive: Bool

        package init(answering request: HTTPRequest) {
            method = request.method
            version = request.version
            keepsConnectionAlive = request.keepsConnectionAlive
        }

        /// For a request that could not be read to its end.
        package static let unreadable = Context()

        private init() {
            method = .get
            version = .http11
            keepsConnectionAlive = false
        }
    }

    /// The interim answer that lets a client send its body.
    package static let continueResponse = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// The whole answer; `date` is the Date field's value, empty for none.
    package static func encode(
        _ response: HTTPResponse,
        _ context: Context,
        date: String
    ) -> [UInt8] {
        let framing = BodyFraming.length(response.body.count)
        var bytes = encodeHead(response, context, framing: framing, date: date)
        if !response.status.forbidsBody, context.method != .head {
            bytes.append(contentsOf: response.body)
        }
        return bytes
    }

    /// How the end of a body is told (RFC 9112 §6).
    package enum BodyFraming: Hashable, Sendable {
        case length(Int)
        case chunked
        /// For HTTP/1.0, which knows no chunks: the connection must end with the body.
        case untilClose
    }

    /// The status line and the fields alone, for a body that follows.
    package static func encodeHead(
        _ response: HTTPResponse,
        _ context: Context,
        framing: BodyFraming,
        date: String
    ) -> [UInt8] {
        let status = response.status
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + response.body.count)
        bytes.append(contentsOf: "HTTP/1.1 \(status.code) \(status.reason)\r\n".utf8)
        for field in response.headers.fields { append(field.name, field.value, to: &bytes) }
        if !date.isEmpty { append("Date", date, to: &bytes) }
        if !status.forbidsBody {
            switch framing {
            case .length(let count): append("Content-Length", String(count), to: &bytes)
            case .chunked: append("Transfer-Encoding", "chunked", to: &bytes)
            case .untilClose: break
            }
        }
        if status != .switchingProtocols {
            if !context.keepsConnectionAlive {
                append("Connection", "close", to: &bytes)
            } else if context.version == .http10 {
                append("Connection", "keep-alive", to: &bytes)
            }
        }
        bytes.append(contentsOf: "\r\n".utf8)
        return bytes
    }

    /// Control characters become spaces: a value that came from outside must not add a line.
    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        var start = bytes.count
        bytes.append(contentsOf: name.utf8)
        for index in start..<bytes.count where !bytes[index].isTokenByte {
            bytes[index] = UInt8(ascii: "-")
        }
        bytes.append(contentsOf: ": ".utf8)
        start = bytes.count
        bytes.append(contentsOf: value.utf8)
        for index in start..<bytes.count where bytes[index].isForbiddenControl {
            bytes[index] = UInt8(ascii: " ")
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }
}
