// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@Suite struct RequestRefusalTests {
    @Test(arguments: [
        ("GET /\r\n", HTTPRequestError.badRequestLine),
        ("GET  / HTTP/1.1\r\n", .badRequestLine),
        ("GET / HTTP/1.1 \r\n", .badRequestLine),
        (" GET / HTTP/1.1\r\n", .badRequestLine),
        ("GET / http/1.1\r\n", .badRequestLine),
        ("GET / HTTP/1.10\r\n", .badRequestLine),
        ("GET / HTTP/x.1\r\n", .badRequestLine),
        ("GET\t/ HTTP/1.1\r\n", .badRequestLine),
        ("G{T / HTTP/1.1\r\n", .badMethod),
        ("GET /ü HTTP/1.1\r\n", .badTarget),
        ("GET /a#b HTTP/1.1\r\n", .badTarget),
        ("GET a HTTP/1.1\r\n", .badTarget),
        ("GET * HTTP/1.1\r\n", .badTarget),
        ("GET ftp://a/ HTTP/1.1\r\n", .badTarget),
        ("GET http:/// HTTP/1.1\r\n", .badTarget),
        ("GET http://u@a/ HTTP/1.1\r\n", .badTarget),
        ("CONNECT /a HTTP/1.1\r\n", .badTarget),
        ("GET / HTTP/2.0\r\n", .unsupportedVersion),
        ("GET / HTTP/0.9\r\n", .unsupportedVersion),
        ("GET / HTTP/1.1\n", .badLineEnd),
        ("GET / HTTP/1.1\rx", .badLineEnd),
        ("GET /\0 HTTP/1.1\r\n", .controlCharacter),
        ("\u{16}\u{3}\u{1}", .controlCharacter),
    ])
    func refusesABadRequestLine(_ text: String, _ error: HTTPRequestError) {
        #expect(refusal(of: text) == error)
    }

    @Test(arguments: [
        ("Host : a\r\n", HTTPRequestError.badHeaderField),
        ("Host\r\n", .badHeaderField),
        (": a\r\n", .badHeaderField),
        ("Ho st: a\r\n", .badHeaderField),
        ("X: a\r\n b\r\n", .foldedHeaderField),
        (" X: a\r\n", .foldedHeaderField),
        ("X: a\n", .badLineEnd),
        ("X: a\rb\r\n", .badLineEnd),
        ("X: a\0b\r\n", .controlCharacter),
        ("X: a\u{7F}\r\n", .controlCharacter),
        ("\r\n", .missingHost),
        ("Host: a\r\nHost: a\r\n\r\n", .badHost),
        ("Host: a b\r\n\r\n", .badHost),
        ("Host: a/b\r\n\r\n", .badHost),
        ("Host: a:b\r\n\r\n", .badHost),
        ("Host: [::1\r\n\r\n", .badHost),
        ("Host: a\r\nExpect: 200-ok\r\n\r\n", .unsupportedExpectation),
    ])
    func refusesABadHeader(_ header: String, _ error: HTTPRequestError) {
        #expect(refusal(of: "GET / HTTP/1.1\r\n" + header) == error)
    }

    @Test(arguments: [
        ("Content-Length: x", HTTPRequestError.badContentLength),
        ("Content-Length: -1", .badContentLength),
        ("Content-Length: +1", .badContentLength),
        ("Content-Length: 1 1", .badContentLength),
        ("Content-Length: 0x1", .badContentLength),
        ("Content-Length:", .badContentLength),
        ("Content-Length: 1, 1", .badContentLength),
        ("Content-Length: 1\r\nContent-Length: 2", .conflictingLengths),
        ("Content-Length: 1\r\nContent-Length: 01", .conflictingLengths),
        ("Content-Length: 99999999999999999999", .bodyTooLarge),
        ("Content-Length: 1\r\nTransfer-Encoding: chunked", .conflictingLengths),
        ("Transfer-Encoding: gzip", .unsupportedTransferEncoding),
        ("Transfer-Encoding: gzip, chunked", .unsupportedTransferEncoding),
        ("Transfer-Encoding: identity", .unsupportedTransferEncoding),
        ("Transfer-Encoding: xchunked", .unsupportedTransferEncoding),
        ("Transfer-Encoding: chunked, gzip", .badTransferEncoding),
        ("Transfer-Encoding: chunked, chunked", .badTransferEncoding),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .badTransferEncoding),
        ("Transfer-Encoding: ,", .badTransferEncoding),
    ])
    func refusesAnAmbiguousLength(_ fields: String, _ error: HTTPRequestError) {
        #expect(refusal(of: "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n") == error)
    }

    @Test func refusesATransferCodingFromAnOldClient() {
        #expect(
            refusal(of: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")
                == .badTransferEncoding
        )
    }

    @Test func takesEqualLengthsAsOne() throws {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"
        #expect(try onlyRequest(text)?.body.count == 1)
    }

    @Test(arguments: [
        "x\r\n", "\r\n", "5 5\r\n", "-5\r\n", "0x5\r\n", "5\n", "5\r\nhelloX", "5\r\nhello\n",
        " 5\r\n", ";a\r\n",
    ])
    func refusesABadChunk(_ body: String) {
        #expect(
            refusal(of: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
                == .badChunk
        )
    }

    @Test(arguments: HTTPRequestError.allCases)
    func answersEveryErrorWithAClientOrServerStatus(_ error: HTTPRequestError) {
        let expected: Set<UInt16> = [400, 413, 414, 417, 431, 501, 505]
        let response = HTTPResponse(refusing: error)
        #expect(expected.contains(response.status.code))
        #expect(!response.body.isEmpty)
    }
}
