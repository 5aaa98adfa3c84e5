// SPDX-License-Identifier: Apache-2.0

import HTTP

/// The head of an answer, as a server that is none of ours sends it to the command line.
enum HTTPResponseTarget: FuzzTarget {
    static let name = "http-response"

    static let seeds = texts(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.0 200\r\n\r\nbody",
        "HTTP/1.1 503 Service Unavailable\nRetry-After: 5\n\n"
    )

    static func run(_ bytes: [UInt8]) {
        let place = cut(bytes)
        precondition(head([bytes[...]]) == head([bytes[..<place], bytes[place...]]))
    }

    private static func head(
        _ pieces: [ArraySlice<UInt8>]
    ) -> Result<HTTPResponseHead?, HTTPResponseError> {
        var parser = HTTPResponseHeadParser(
            limits: HTTPLimits(
                maximumRequestLineByteCount: 256,
                maximumHeaderByteCount: 512,
                maximumHeaderFieldCount: 8
            )
        )
        do throws(HTTPResponseError) {
            for piece in pieces {
                var offset = 0
                if let head = try parser.parse(Array(piece).span, from: &offset) {
                    return .success(head)
                }
            }
            return .success(nil)
        } catch {
            return .failure(error)
        }
    }
}
