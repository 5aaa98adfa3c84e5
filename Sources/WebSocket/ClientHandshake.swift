// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// A client's half of the opening handshake (RFC 6455 §4.1).
package struct ClientHandshake: Hashable, Sendable {
    package enum Failure: Error, Hashable, Sendable {
        /// Any status but 101.
        case refused(HTTPStatus)
        case notWebSocket
        case wrongAcceptValue
        case unrequestedExtension
        case unrequestedSubprotocol
    }

    package let key: HandshakeKey
    package let subprotocols: [String]

    package init(key: HandshakeKey, subprotocols: [String] = []) {
        self.key = key
        self.subprotocols = subprotocols
    }

    /// The request's bytes; `target` is path and query, `host` is `name[:port]`.
    package func request(target: String, host: String, headers: HTTPHeaders = [:]) -> [UInt8] {
        var all: HTTPHeaders = [
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key.text,
            "Sec-WebSocket-Version": "13",
        ]
        if !subprotocols.isEmpty {
            all.append("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", "))
        }
        for field in headers.fields { all.append(field.name, field.value) }
        return HTTPRequestEncoder.encode(method: .get, target: target, host: host, headers: all)
    }

    /// Checks the answer; `acceptDigest` is SHA-1 of the key's `acceptInput`.
    package func check(
        _ head: HTTPResponseHead,
        acceptDigest: [UInt8]
    ) throws(Failure) {
        guard head.status.code == HTTPStatus.switchingProtocols.code else {
            throw .refused(head.status)
        }
        guard head.headers.list(of: "upgrade", contains: "websocket"),
            head.headers.list(of: "connection", contains: "upgrade")
        else { throw .notWebSocket }
        guard
            head.headers["sec-websocket-accept"] == HandshakeKey.acceptValue(digest: acceptDigest)
        else { throw .wrongAcceptValue }
        guard head.headers.list(of: "sec-websocket-extensions").isEmpty else {
            throw .unrequestedExtension
        }
        if let chosen = head.headers["sec-websocket-protocol"] {
            guard subprotocols.contains(chosen) else { throw .unrequestedSubprotocol }
        }
    }
}
