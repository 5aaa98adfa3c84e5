// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing
import WebSocket

@Suite struct HandshakeTests {
    /// SHA-1 of the example key with the identifier (RFC 6455 §1.3).
    private static let digest: [UInt8] = [
        0xB3, 0x7A, 0x4F, 0x2C, 0xC0, 0x62, 0x4F, 0x16, 0x90, 0xF6, 0x46, 0x06, 0xCF, 0x38, 0x59,
        0x45, 0xB2, 0xBE, 0xC4, 0xEA,
    ]
    private static let fields: [(String, String)] = [
        ("host", "a"), ("upgrade", "websocket"), ("connection", "Upgrade"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="), ("sec-websocket-version", "13"),
    ]

    private func request(
        method: HTTPMethod = .get,
        version: HTTPVersion = .http11,
        changing changed: [String: String] = [:],
        without removed: String = "",
        adding added: [(String, String)] = [],
        body: [UInt8] = []
    ) -> HTTPRequest {
        var headers: HTTPHeaders = [:]
        for (name, value) in Self.fields {
            guard name != removed else { continue }
            headers.append(name, changed[name] ?? value)
        }
        for (name, value) in added { headers.append(name, value) }
        return HTTPRequest(
            method: method,
            target: RequestTarget(path: "/"),
            version: version,
            headers: headers,
            body: body
        )
    }

    @Test func acceptsTheExampleOfTheStandard() throws {
        let handshake = try ServerHandshake(checking: request())
        #expect(
            String(decoding: handshake.key.acceptInput, as: UTF8.self)
                == "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        )
        let response = handshake.response(acceptDigest: Self.digest, subprotocol: nil)
        #expect(response.status == .switchingProtocols)
        #expect(response.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(response.headers["sec-websocket-protocol"] == nil)
    }

    @Test func readsTokenListsInAnyCase() throws {
        let request = request(
            changing: ["upgrade": "h2c, WebSocket", "connection": "keep-alive ,UPGRADE"],
            adding: [("sec-websocket-protocol", "a, b"), ("Sec-WebSocket-Protocol", "c")]
        )
        #expect(ServerHandshake.isRequested(by: request))
        #expect(try ServerHandshake(checking: request).subprotocols == ["a", "b", "c"])
    }

    @Test func ignoresAnUpgradeThatIsNotAskedForProperly() {
        #expect(!ServerHandshake.isRequested(by: request(version: .http10)))
        #expect(!ServerHandshake.isRequested(by: request(changing: ["upgrade": "h2c"])))
        #expect(!ServerHandshake.isRequested(by: request(without: "upgrade")))
    }

    @Test func refusesEachMistakeWithItsAnswer() {
        let key = "sec-websocket-key"
        let version = "sec-websocket-version"
        let cases: [(HTTPRequest, HandshakeError, UInt16)] = [
            (request(method: .post), .wrongMethod, 405),
            (request(changing: ["connection": "close"]), .missingConnectionUpgrade, 400),
            (request(without: "connection"), .missingConnectionUpgrade, 400),
            (request(body: [1]), .unexpectedBody, 400),
            (request(changing: [version: "8"]), .unsupportedVersion, 426),
            (request(without: version), .unsupportedVersion, 426),
            (request(adding: [(version, "13")]), .unsupportedVersion, 426),
            (request(without: key), .badKey, 400),
            (request(changing: [key: ""]), .badKey, 400),
            (request(changing: [key: "dGhlIHNhbXBsZSBub25jZQ="]), .badKey, 400),
            (request(changing: [key: "dGhlIHNhbXBsZSBub25jZTE="]), .badKey, 400),
            (request(changing: [key: "dGhlIHNhbXBsZSBub25j*Q=="]), .badKey, 400),
            (request(adding: [(key, "dGhlIHNhbXBsZSBub25jZQ==")]), .badKey, 400),
        ]
        for (request, expected, status) in cases {
            #expect(throws: expected) { try ServerHandshake(checking: request) }
            #expect(expected.response.status.code == status)
        }
    }

    @Test func namesTheVersionWhenItRefusesOne() {
        let response = HandshakeError.unsupportedVersion.response
        #expect(response.headers["sec-websocket-version"] == "13")
        #expect(response.headers["upgrade"] == "websocket")
    }
}

@Suite struct ClientHandshakeTests {
    private static let digest = [UInt8](repeating: 7, count: 20)
    private let client = ClientHandshake(
        key: HandshakeKey(randomBytes: Array(0..<16)),
        subprotocols: ["a", "b"]
    )

    /// The answer that this module's server gives, with changes.
    private func head(
        status: HTTPStatus = .switchingProtocols,
        subprotocol: String? = nil,
        without removed: String = "",
        adding added: (String, String)? = nil
    ) throws -> HTTPResponseHead {
        let answer = try handshake().response(
            acceptDigest: Self.digest,
            subprotocol: subprotocol
        )
        var headers: HTTPHeaders = [:]
        for field in answer.headers.fields where !field.name.equalsIgnoringCase(removed) {
            headers.append(field.name, field.value)
        }
        if let (name, value) = added { headers.append(name, value) }
        return HTTPResponseHead(status: status, headers: headers)
    }

    /// What a server reads of the client's request.
    private func handshake() throws -> ServerHandshake {
        let bytes = client.request(target: "/x?y", host: "h:1", headers: ["Origin": "o"])
        var parser = HTTPRequestParser(limits: HTTPLimits())
        var offset = 0
        guard case .request(let request) = try parser.parse(bytes.span, from: &offset) else {
            throw HandshakeError.badKey
        }
        #expect(request.headers["origin"] == "o")
        return try ServerHandshake(checking: request)
    }

    @Test func asksWhatAServerAccepts() throws {
        let handshake = try handshake()
        #expect(handshake.key == client.key)
        #expect(handshake.subprotocols == ["a", "b"])
    }

    @Test func takesTheRightAnswer() throws {
        try client.check(head(), acceptDigest: Self.digest)
        try client.check(head(subprotocol: "b"), acceptDigest: Self.digest)
    }

    @Test func refusesEachWrongAnswer() throws {
        let cases: [(HTTPResponseHead, ClientHandshake.Failure)] = [
            (try head(status: .notFound), .refused(.notFound)),
            (try head(without: "upgrade"), .notWebSocket),
            (try head(without: "connection"), .notWebSocket),
            (try head(without: "sec-websocket-accept"), .wrongAcceptValue),
            (try head(subprotocol: "c"), .unrequestedSubprotocol),
            (
                try head(adding: ("Sec-WebSocket-Extensions", "permessage-deflate")),
                .unrequestedExtension
            ),
        ]
        for (head, expected) in cases {
            #expect(throws: expected) { try client.check(head, acceptDigest: Self.digest) }
        }
        let other = [UInt8](repeating: 8, count: 20)
        let right = try head()
        #expect(throws: ClientHandshake.Failure.wrongAcceptValue) {
            try client.check(right, acceptDigest: other)
        }
    }
}
