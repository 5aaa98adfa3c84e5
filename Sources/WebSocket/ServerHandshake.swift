// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// A client's valid request to go on as WebSocket (RFC 6455 §4.2.1).
package struct ServerHandshake: Hashable, Sendable {
    package let key: HandshakeKey

    /// What the client offers, in its order of preference.
    package let subprotocols: [String]

    /// The answer to the client's offer to compress; nil where there is none that can be met.
    package let deflateAnswer: String?

    /// Whether a request asks for WebSocket at all, rightly or not.
    ///
    /// An Upgrade field in an HTTP/1.0 request is ignored (RFC 9110 §7.8).
    package static func isRequested(by request: HTTPRequest) -> Bool {
        request.version >= .http11 && request.headers.list(of: "upgrade", contains: "websocket")
    }

    package init(checking request: HTTPRequest) throws(HandshakeError) {
        let headers = request.headers
        guard request.method == .get else { throw .wrongMethod }
        guard headers.list(of: "connection", contains: "upgrade") else {
            throw .missingConnectionUpgrade
        }
        guard request.body.isEmpty else { throw .unexpectedBody }
        let versions = headers.values(of: "sec-websocket-version")
        guard versions == ["13"] else { throw .unsupportedVersion }
        let keys = headers.values(of: "sec-websocket-key")
        guard keys.count == 1, let key = keys.first.flatMap(HandshakeKey.init(parsing:)) else {
            throw .badKey
        }
        self.key = key
        subprotocols = headers.list(of: "sec-websocket-protocol").map(String.init)
        deflateAnswer = DeflateOffer.answer(to: headers)
    }

    /// The answer that opens the WebSocket; `acceptDigest` is SHA-1 of the key's `acceptInput`.
    package func response(
        acceptDigest: [UInt8],
        subprotocol: String?,
        _ compression: MessageCompression = .none
    ) -> HTTPResponse {
        var response = HTTPResponse(
            status: .switchingProtocols,
            headers: [
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Accept": HandshakeKey.acceptValue(digest: acceptDigest),
            ]
        )
        if let subprotocol { response.headers.append("Sec-WebSocket-Protocol", subprotocol) }
        if compression == .deflate, let deflateAnswer {
            response.headers.append("Sec-WebSocket-Extensions", deflateAnswer)
        }
        return response
    }
}
