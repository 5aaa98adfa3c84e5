// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@Suite struct HTTPRequestEncoderTests {
    @Test func writesWhatTheParserReads() throws {
        let bytes = HTTPRequestEncoder.encode(
            method: .get,
            target: "/a?b",
            host: "h:1",
            headers: ["X-Y": "z"]
        )
        let request = try onlyRequest(String(decoding: bytes, as: UTF8.self))
        #expect(request?.path == "/a")
        #expect(request?.host == "h:1")
        #expect(request?.headers["x-y"] == "z")
    }

    @Test func letsNoValueAddALine() {
        let bytes = HTTPRequestEncoder.encode(
            method: .get,
            target: "/\r\nA: b",
            host: "h\n",
            headers: [:]
        )
        #expect(String(decoding: bytes, as: UTF8.self) == "GET /A: b HTTP/1.1\r\nHost: h\r\n\r\n")
    }
}
