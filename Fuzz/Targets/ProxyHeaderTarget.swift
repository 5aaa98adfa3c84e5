// SPDX-License-Identifier: Apache-2.0

import WebServer

/// What a proxy, or somebody who reaches a listener for proxies, says before the first request.
enum ProxyHeaderTarget: FuzzTarget {
    static let name = "proxy-header"

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    static var seeds: [[UInt8]] {
        texts(
            "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nGET /",
            "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 56324 443\r\n",
            "PROXY UNKNOWN whatever\r\n"
        ) + [
            signature + [0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 7, 220, 4, 1, 187],
            signature + [0x21, 0x21, 0, 39] + [UInt8](repeating: 7, count: 36) + [4, 0, 0],
            signature + [0x21, 0x31, 0, 216] + [UInt8](repeating: 47, count: 216),
            signature + [0x20, 0x00, 0, 0, 22, 3, 1],
        ]
    }

    static func run(_ bytes: [UInt8]) {
        let whole = read([bytes])
        let place = cut(bytes)
        precondition(
            whole == read([Array(bytes[..<place]), Array(bytes[place...])]),
            "pieces mean something else"
        )
        // What comes behind a header is not looked at.
        if case .success((_?, let end)) = whole.map({ ($0.header, $0.end) }) {
            precondition(end <= ProxyHeaderParser.maximumByteCount)
            precondition(whole == read([Array(bytes[..<end])]), "what follows changes the header")
        }
    }

    private struct Outcome: Equatable {
        var header: ProxyHeader?
        /// Bytes that were taken.
        var end: Int
    }

    private static func read(_ pieces: [[UInt8]]) -> Result<Outcome, ProxyHeaderError> {
        var parser = ProxyHeaderParser()
        var end = 0
        do throws(ProxyHeaderError) {
            for piece in pieces {
                var offset = 0
                let header = try parser.parse(piece.span, from: &offset)
                precondition(header != nil || offset == piece.count, "bytes were left over")
                end += offset
                if let header { return .success(Outcome(header: header, end: end)) }
            }
            return .success(Outcome(header: nil, end: end))
        } catch {
            return .failure(error)
        }
    }
}
