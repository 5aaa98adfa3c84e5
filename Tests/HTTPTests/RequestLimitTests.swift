// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

/// Each limit at its value and one above.
@Suite struct RequestLimitTests {
    private func repeated(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test func limitsTheRequestLine() {
        let limits = HTTPLimits(maximumRequestLineByteCount: 100)
        let fixed = "GET / HTTP/1.1".utf8.count
        #expect(refusal(of: "GET /\(repeated(100 - fixed)) HTTP/1.1\r\n", limits: limits) == nil)
        #expect(
            refusal(of: "GET /\(repeated(101 - fixed)) HTTP/1.1\r\n", limits: limits)
                == .requestLineTooLong
        )
        #expect(refusal(of: repeated(101), limits: limits) == .requestLineTooLong)
    }

    @Test func limitsTheMethod() {
        let longest = HTTPLimits.maximumMethodByteCount
        #expect(refusal(of: "\(repeated(longest)) / HTTP/1.1\r\n") == nil)
        #expect(refusal(of: "\(repeated(longest + 1)) / HTTP/1.1\r\n") == .badMethod)
    }

    @Test func limitsTheHeaderAsAWhole() {
        let limits = HTTPLimits(maximumHeaderByteCount: 100)
        let start = "GET / HTTP/1.1\r\nHost: a\r\n"
        // "Host: a" counts 9 with its end; the last line's end is not needed to refuse it.
        #expect(refusal(of: start + "X: \(repeated(100 - 9 - 3))\r\n", limits: limits) == nil)
        #expect(
            refusal(of: start + "X: \(repeated(101 - 9 - 3))", limits: limits) == .headerTooLarge
        )
    }

    @Test func limitsTheNumberOfFields() {
        let limits = HTTPLimits(maximumHeaderFieldCount: 3)
        let start = "GET / HTTP/1.1\r\nHost: a\r\n"
        #expect(refusal(of: start + "A: 1\r\nB: 1\r\n\r\n", limits: limits) == nil)
        #expect(
            refusal(of: start + "A: 1\r\nB: 1\r\nC: 1\r\n\r\n", limits: limits)
                == .tooManyHeaderFields
        )
    }

    @Test func limitsAFixedBodyAtItsHeader() {
        let limits = HTTPLimits(maximumBodyByteCount: 10)
        let start = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
        #expect(refusal(of: start + "10\r\n\r\n", limits: limits) == nil)
        #expect(refusal(of: start + "11\r\n\r\n", limits: limits) == .bodyTooLarge)
    }

    @Test func limitsAChunkedBodyAtTheChunkThatPassesIt() {
        let limits = HTTPLimits(maximumBodyByteCount: 10)
        let start =
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n"
        #expect(refusal(of: start + "4\r\n1234\r\n0\r\n\r\n", limits: limits) == nil)
        #expect(refusal(of: start + "5\r\n", limits: limits) == .bodyTooLarge)
        #expect(refusal(of: start + "FFFFFFFFFFFFFFFF\r\n", limits: limits) == .bodyTooLarge)
    }

    @Test func limitsAChunkLine() {
        let start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let longest = HTTPLimits.maximumChunkLineByteCount
        #expect(refusal(of: start + "1;" + repeated(longest - 2) + "\r\n") == nil)
        #expect(refusal(of: start + "1;" + repeated(longest - 1)) == .badChunk)
    }

    @Test func limitsTheTrailer() {
        let limits = HTTPLimits(maximumHeaderFieldCount: 2)
        let start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        #expect(refusal(of: start + "A: 1\r\nB: 1\r\n\r\n", limits: limits) == nil)
        #expect(
            refusal(of: start + "A: 1\r\nB: 1\r\nC: 1\r\n", limits: limits) == .tooManyHeaderFields
        )
    }
}
