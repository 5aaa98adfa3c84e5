// SPDX-License-Identifier: Apache-2.0

/// One request, complete with its body.
package struct HTTPRequest: Hashable, Sendable {
    package var method: HTTPMethod
    package var target: RequestTarget
    package var version: HTTPVersion
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package init(
        method: HTTPMethod,
        target: RequestTarget,
        version: HTTPVersion = .http11,
        headers: HTTPHeaders = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.body = body
    }

    package var path: String { target.path }

    /// The host and port the client asked for: the target's where it has one (RFC 9112 §3.2.2).
    package var host: String { target.authority ?? headers["host"] ?? "" }

    /// Whether the client wants to go on after the answer (RFC 9112 §9.3).
    package var keepsConnectionAlive: Bool {
        if headers.list(of: "connection", contains: "close") { return false }
        return switch version {
        case .http11: true
        case .http10: headers.list(of: "connection", contains: "keep-alive")
        }
    }
}
