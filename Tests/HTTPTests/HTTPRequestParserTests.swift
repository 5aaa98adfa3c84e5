// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@Suite struct HTTPRequestParserTests {
    private static let chunked = """
        POST /a?b=c HTTP/1.1\r\nHost: example.com:8000\r\nTransfer-Encoding: chunked\r\n\r
        5;ext=1\r\nhello\r\nA\r\n, world!!!\r\n0\r\nX-Trailer: 1\r\n\r\n
        """

    @Test func readsARequestWithoutBody() throws {
        let request = try onlyRequest(
            "GET /index.html?x=1 HTTP/1.1\r\nHost: a\r\nAccept:  text/html \t\r\n\r\n"
        )
        #expect(request?.method == .get)
        #expect(request?.path == "/index.html")
        #expect(request?.target.query == "x=1")
        #expect(request?.version == .http11)
        #expect(request?.headers["ACCEPT"] == "text/html")
        #expect(request?.body == [])
    }

    @Test func readsAFixedBody() throws {
        let request = try onlyRequest(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        )
        #expect(request?.body == Array("hello".utf8))
    }

    @Test func readsAChunkedBody() throws {
        let request = try onlyRequest(Self.chunked)
        #expect(request?.body == Array("hello, world!!!".utf8))
    }

    @Test func readsARequestOfHTTP10WithoutHost() throws {
        let request = try onlyRequest("GET / HTTP/1.0\r\n\r\n")
        #expect(request?.version == .http10)
        #expect(request?.keepsConnectionAlive == false)
    }

    @Test func readsTheSameAtEverySplitPoint() throws {
        let whole = try read(Self.chunked)
        for point in 1..<Self.chunked.utf8.count {
            #expect(try read(Self.chunked, pieces: [point, .max]) == whole)
        }
    }

    @Test func readsTheSameByteByByte() throws {
        #expect(try read(Self.chunked, pieces: [1]) == read(Self.chunked))
    }

    @Test func readsPipelinedRequestsInOrder() throws {
        let one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
        let two = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
        for pieces in [[], [1], [7], [40]] {
            let events = try read(one + two + one, pieces: pieces)
            let paths = events.map { event in
                if case .request(let request) = event { request.path } else { "" }
            }
            #expect(paths == ["/1", "/2", "/1"])
        }
    }

    @Test func skipsAFewEmptyLinesBeforeARequest() throws {
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let limit = HTTPLimits.maximumLeadingEmptyLineCount
        #expect(try read(String(repeating: "\r\n", count: limit) + request).count == 1)
        #expect(
            refusal(of: String(repeating: "\r\n", count: limit + 1) + request) == .badRequestLine
        )
    }

    @Test func asksForTheBodyThatWaitsForContinue() throws {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"
        #expect(try read(head) == [.expectsContinue])
        #expect(try read(head + "x").count == 2)
        let old = "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
        #expect(try read(old).count == 1)
    }

    @Test func doesNotAskForABodyThatIsNotThere() throws {
        let text = "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"
        #expect(try onlyRequest(text) != nil)
    }

    @Test func tellsWhereInARequestItIs() throws {
        var parser = HTTPRequestParser(limits: HTTPLimits())
        #expect(parser.isBetweenRequests)
        var offset = 0
        let line = Array("G".utf8)
        _ = try parser.parse(line.span, from: &offset)
        #expect(!parser.isBetweenRequests && !parser.isReadingBody)
        offset = 0
        let rest = Array("ET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n".utf8)
        _ = try parser.parse(rest.span, from: &offset)
        #expect(parser.isReadingBody)
        offset = 0
        _ = try parser.parse(line.span, from: &offset)
        #expect(parser.isBetweenRequests)
    }

    @Test func keepsTheConnectionAsTheVersionSays() throws {
        let cases = [
            ("HTTP/1.1", "x", true), ("HTTP/1.1", "foo, Close", false),
            ("HTTP/1.0", "x", false), ("HTTP/1.0", "Keep-Alive", true),
            ("HTTP/1.0", "keep-alive, close", false),
        ]
        for (version, connection, expected) in cases {
            let request = try onlyRequest(
                "GET / \(version)\r\nHost: a\r\nConnection: \(connection)\r\n\r\n"
            )
            #expect(request?.keepsConnectionAlive == expected)
        }
    }
}
