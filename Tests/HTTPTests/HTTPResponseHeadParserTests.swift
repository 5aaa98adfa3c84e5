// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@Suite struct HTTPResponseHeadParserTests {
    private func head(
        _ text: String,
        piece: Int = .max,
        limits: HTTPLimits = HTTPLimits()
    ) throws(HTTPResponseError) -> HTTPResponseHead? {
        var parser = HTTPResponseHeadParser(limits: limits)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let bytes = Array(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            var offset = 0
            if let head = try parser.parse(bytes.span, from: &offset) { return head }
        }
        return nil
    }

    @Test func readsAHeadInAnyPieces() throws {
        for piece in [1, 2, 3, 20, 1000] {
            let head = try head(
                "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
                piece: piece
            )
            #expect(head?.status.code == 101)
            #expect(head?.status.reason == "Switching")
            #expect(head?.headers["upgrade"] == "websocket")
        }
    }

    @Test func readsAStatusWithoutReason() throws {
        #expect(try head("HTTP/1.0 404\r\n\r\n")?.status.code == 404)
    }

    @Test func stopsAtTheHeadsEnd() throws {
        var parser = HTTPResponseHeadParser(limits: HTTPLimits())
        let bytes = Array("HTTP/1.1 200 OK\r\n\r\nbody".utf8)
        var offset = 0
        #expect(try parser.parse(bytes.span, from: &offset) != nil)
        #expect(bytes[offset...].elementsEqual("body".utf8))
    }

    @Test(arguments: [
        "HTTP/2.0 200 OK\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 099 OK\r\n", "HTTP/1.1 2000\r\n",
        "HELLO WORLD!\r\n", "\r\n", "HTTP/1.1 200 OK\n",
    ])
    func refusesABadStatusLine(_ text: String) {
        #expect(throws: HTTPResponseError.badStatusLine) { try head(text) }
    }

    @Test func refusesABadHeader() {
        #expect(throws: HTTPResponseError.badHeader) { try head("HTTP/1.1 200 OK\r\nA : b\r\n") }
    }

    @Test func limitsTheHead() {
        let limits = HTTPLimits(maximumHeaderByteCount: 10)
        #expect(throws: HTTPResponseError.tooLarge) {
            try head("HTTP/1.1 200 OK\r\nA: 01234567\r\n", limits: limits)
        }
        #expect(throws: Never.self) {
            try head("HTTP/1.1 200 OK\r\nA: 0123456\r\n", limits: limits)
        }
    }
}
