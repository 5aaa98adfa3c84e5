// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// Why a request for WebSocket is refused, each with its answer.
package enum HandshakeError: Error, Hashable, Sendable, CaseIterable {
    case wrongMethod
    case missingConnectionUpgrade
    case unexpectedBody
    case unsupportedVersion
    case badKey

    package var response: HTTPResponse {
        switch self {
        case .wrongMethod: .methodNotAllowed(allowing: [.get])
        case .missingConnectionUpgrade: .text(.badRequest, "Connection does not list Upgrade")
        case .unexpectedBody: .text(.badRequest, "an upgrade request has no body")
        case .unsupportedVersion: .webSocketRequired
        case .badKey: .text(.badRequest, "Sec-WebSocket-Key is not 16 bytes in Base64, once")
        }
    }
}

extension HTTPResponse {
    /// 426 for who comes to a WebSocket's path without asking for version 13 of it.
    ///
    /// It names the protocol and the version, as it must (RFC 9110 §15.5.22, RFC 6455 §4.2.2).
    package static let webSocketRequired = HTTPResponse(
        status: .upgradeRequired,
        headers: [
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Content-Type": "text/plain; charset=utf-8",
        ],
        body: Array("this path speaks WebSocket, version 13\n".utf8)
    )
}
