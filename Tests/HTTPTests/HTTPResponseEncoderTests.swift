// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@Suite struct HTTPResponseEncoderTests {
    private func encoded(
        _ response: HTTPResponse,
        method: HTTPMethod = .get,
        version: HTTPVersion = .http11,
        headers: HTTPHeaders = [:]
    ) -> String {
        let request = HTTPRequest(
            method: method,
            target: RequestTarget(path: "/"),
            version: version,
            headers: headers
        )
        let bytes = HTTPResponseEncoder.encode(
            response,
            .init(answering: request),
            date: "Sun, 06 Nov 1994 08:49:37 GMT"
        )
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func writesStatusFieldsLengthAndBody() {
        #expect(
            encoded(.text(.ok, "hi"))
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 3\r\n\r\nhi\n"
        )
    }

    @Test func leavesTheBodyOutForHEADButNotItsLength() {
        let text = encoded(.text(.ok, "hi"), method: .head)
        #expect(text.contains("Content-Length: 3\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func writesNoBodyAndNoLengthWhereTheStatusForbidsThem() {
        let text = encoded(HTTPResponse(status: .noContent, body: [1]))
        #expect(!text.contains("Content-Length"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func saysWhatBecomesOfTheConnection() {
        #expect(!encoded(.notFound).contains("Connection:"))
        #expect(encoded(.notFound, headers: ["connection": "close"]).contains("Connection: close"))
        #expect(encoded(.notFound, version: .http10).contains("Connection: close"))
        let kept = encoded(.notFound, version: .http10, headers: ["connection": "keep-alive"])
        #expect(kept.contains("Connection: keep-alive"))
    }

    @Test func letsNoValueAddALine() {
        let text = encoded(
            HTTPResponse(status: .ok, headers: ["X": "a\r\nSet-Cookie: b", "Y\r\n": "c"])
        )
        #expect(text.contains("X: a  Set-Cookie: b\r\n"))
        #expect(text.contains("Y--: c\r\n"))
    }

    @Test func names405sAllowedMethods() {
        let response = HTTPResponse.methodNotAllowed(allowing: [.get, .head])
        #expect(response.headers["allow"] == "GET, HEAD")
    }

    @Test(arguments: [
        (Int64(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_772_323_199, "Sat, 28 Feb 2026 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func formatsDates(_ seconds: Int64, _ expected: String) {
        #expect(HTTPDate.format(unixSeconds: seconds) == expected)
    }
}
