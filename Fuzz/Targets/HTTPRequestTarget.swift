// SPDX-License-Identifier: Apache-2.0

import HTTP

/// Requests as a stranger sends them.
enum HTTPRequestTarget: FuzzTarget {
    static let name = "http-request"

    static let seeds = texts(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /connection/websocket?a=%20b HTTP/1.1\r\nHost: a:8000\r\nUpgrade: websocket\r\n"
            + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "POST /p HTTP/1.0\r\nContent-Length: 3\r\nContent-Type: x\r\n\r\nabcGET / HTTP/1.1\r\n"
            + "Host: [::1]\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
            + "3;x=\"y\"\r\nabc\r\n0\r\nTrailer: t\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/b HTTP/1.1\nHost: a\nX: \"q\\\"\" , b\n\n"
    )

    private static let limits = HTTPLimits(
        maximumRequestLineByteCount: 512,
        maximumHeaderByteCount: 1_024,
        maximumHeaderFieldCount: 16,
        maximumBodyByteCount: 512
    )

    static func run(_ bytes: [UInt8]) {
        let whole = events([bytes[...]])
        let place = cut(bytes)
        precondition(
            whole == events([bytes[..<place], bytes[place...]]),
            "pieces mean something else"
        )
        for case .success(.request(let request)) in whole {
            precondition(request.body.count <= limits.maximumBodyByteCount)
            _ = RequestTarget.decodedPath(request.path[...])
            _ = request.target.queryValue(of: "token")
            _ = request.host
            _ = request.keepsConnectionAlive
            _ = request.headers.list(of: "If-None-Match")
        }
    }

    private static func events(
        _ pieces: [ArraySlice<UInt8>]
    ) -> [Result<HTTPRequestEvent, HTTPRequestError>] {
        var parser = HTTPRequestParser(limits: limits)
        var events: [Result<HTTPRequestEvent, HTTPRequestError>] = []
        do throws(HTTPRequestError) {
            for piece in pieces {
                let piece = Array(piece)
                var offset = 0
                while let event = try parser.parse(piece.span, from: &offset) {
                    events.append(.success(event))
                }
                precondition(offset == piece.count, "bytes were left without an event")
                precondition(
                    !(parser.isBetweenRequests && parser.isReadingBody),
                    "between two requests and within one"
                )
            }
        } catch {
            events.append(.failure(error))
        }
        return events
    }
}
