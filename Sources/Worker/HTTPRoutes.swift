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
    /// Which pages may open WebSockets and read answers.
    let origins: OriginPolicy

    func respond(
        to request: HTTPRequest,
        from peer: SocketAddress,
        hubIsConnected: Bool
    ) -> HTTPResponse {
        var response = undressedAnswer(to: request, from: peer, hubIsConnected: hubIsConnected)
        dress(&response, for: request)
        return response
    }

    /// Adds what every answer has, whoever made it.
    func dress(_ response: inout HTTPResponse, for request: HTTPRequest) {
        // What an answer is, it says itself; a guess could turn text into a script.
        if response.headers["X-Content-Type-Options"] == nil {
            response.headers.append("X-Content-Type-Options", "nosniff")
        }
        origins.mark(&response, for: request)
    }

    private func undressedAnswer(
        to request: HTTPRequest,
        from peer: SocketAddress,
        hubIsConnected: Bool
    ) -> HTTPResponse {
        if let preflight = origins.preflightAnswer(to: request) { return preflight }
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

    /// 403 for a page of a site that the manifest does not name (RFC 6455 §4.2.2).
    var foreignOrigin: HTTPResponse {
        .text(.forbidden, "pages of this origin may not connect; see allowed_origins")
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
            // No other site's window or page gets at this one (HTML §7.1.3, Fetch §3.7).
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        ]
        let known = request.headers.list(of: "If-None-Match")
        guard known.contains(where: { $0 == file.entityTag || $0 == "*" }) else {
            return HTTPResponse(status: .ok, headers: headers, body: file.body)
        }
        headers = ["ETag": file.entityTag, "Cache-Control": "no-cache"]
        return HTTPResponse(status: .notModified, headers: headers)
    }
}
