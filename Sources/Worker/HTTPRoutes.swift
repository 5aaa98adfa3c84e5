// SPDX-License-Identifier: Apache-2.0

import HTTP
import JSON
import Reactor
import StudioPage
import WebSocket

/// What a worker answers to plain HTTP: its health, the page, and demo tokens.
struct HTTPRoutes {
    static let webSocketPath = "/connection/websocket"
    private static let healthPath = "/health"
    private static let demoTokenPath = "/demo/token"

    /// nil unless the server runs as a demo.
    let demoTokens: DemoTokens?

    func respond(
        to request: HTTPRequest,
        from peer: SocketAddress,
        hubIsConnected: Bool
    ) -> HTTPResponse {
        guard let answer = answer(to: request, from: peer, hubIsConnected: hubIsConnected) else {
            return .notFound
        }
        guard request.method == .get || request.method == .head else {
            return .methodNotAllowed(allowing: [.get, .head])
        }
        return answer
    }

    /// 503 for a worker that has no room for another client (RFC 9110 §15.6.4).
    var serviceUnavailable: HTTPResponse {
        var response = HTTPResponse.text(.serviceUnavailable, "too many connections")
        response.headers.append("Retry-After", "5")
        return response
    }

    private func answer(
        to request: HTTPRequest,
        from peer: SocketAddress,
        hubIsConnected: Bool
    ) -> HTTPResponse? {
        switch request.path {
        case Self.webSocketPath:
            return .webSocketRequired
        case Self.healthPath:
            return health(hubIsConnected: hubIsConnected)
        case Self.demoTokenPath:
            return demoTokens?.respond(to: request, from: peer)
        default:
            return StudioPage.file(at: request.path).map { page($0, for: request) }
        }
    }

    /// For load balancers: 200 while this worker can serve, 503 while it has no hub.
    private func health(hubIsConnected: Bool) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.string(hubIsConnected ? "ok" : "unavailable")
        json.key("hub")
        json.string(hubIsConnected ? "connected" : "disconnected")
        json.endObject()
        var response = HTTPResponse.json(
            hubIsConnected ? .ok : .serviceUnavailable,
            json.bytes
        )
        response.headers.append("Cache-Control", "no-store")
        return response
    }

    private func page(_ file: StudioFile, for request: HTTPRequest) -> HTTPResponse {
        var headers: HTTPHeaders = [
            "Content-Type": file.contentType,
            "ETag": file.entityTag,
            // Asked for again each time, sent again only when changed (RFC 9111 §5.2.2.4).
            "Cache-Control": "no-cache",
            "Content-Security-Policy": StudioPage.contentSecurityPolicy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        ]
        let known = request.headers.list(of: "If-None-Match")
        guard known.contains(where: { $0 == file.entityTag || $0 == "*" }) else {
            return HTTPResponse(status: .ok, headers: headers, body: file.body)
        }
        headers = ["ETag": file.entityTag, "Cache-Control": "no-cache"]
        return HTTPResponse(status: .notModified, headers: headers)
    }
}
