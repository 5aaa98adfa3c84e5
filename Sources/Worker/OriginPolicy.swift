// SPDX-License-Identifier: Apache-2.0

import HTTP
import Manifest

/// Which web pages may talk to this server (RFC 6454; RFC 6455 §10.2; the Fetch standard's CORS).
///
/// A browser says in `Origin` which site a page came from. Pages of this very host may always; other
/// sites are named in the manifest. Who sends no `Origin` is no browser, and could claim any.
struct OriginPolicy {
    /// How long a browser may keep the answer to its question: a day, which browsers cut as they like.
    private static let preflightAgeSeconds = 86_400

    let allowed: [OriginPattern]

    func allows(_ request: HTTPRequest) -> Bool {
        guard let origin = request.headers["Origin"] else { return true }
        // Two of them are nobody's honest mistake.
        guard request.headers.values(of: "Origin").count == 1 else { return false }
        return isSameHost(origin, request.host) || allowed.contains { $0.matches(origin) }
    }

    /// The answer to a browser that asks first whether it may (Fetch §3.2.2); nil for other requests.
    func preflightAnswer(to request: HTTPRequest) -> HTTPResponse? {
        guard isPreflight(request) else { return nil }
        guard allows(request) else {
            return .text(.forbidden, "pages of this origin may not ask")
        }
        return permission(
            methods: "GET, HEAD, POST",
            fields: "Authorization, Content-Type, Last-Event-ID"
        )
    }

    /// As `preflightAnswer(to:)`, for what a plugin answers: it may take any method and field.
    ///
    /// nil also for origins that are not allowed here: the plugin may have its own mind on them.
    func preflightAnswer(toPlugin request: HTTPRequest) -> HTTPResponse? {
        guard isPreflight(request), allows(request) else { return nil }
        return permission(
            methods: "GET, HEAD, POST, PUT, PATCH, DELETE",
            fields: request.headers["Access-Control-Request-Headers"] ?? ""
        )
    }

    private func isPreflight(_ request: HTTPRequest) -> Bool {
        request.method == .options && request.headers["Origin"] != nil
            && request.headers["Access-Control-Request-Method"] != nil
    }

    private func permission(methods: String, fields: String) -> HTTPResponse {
        var headers: HTTPHeaders = [
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Max-Age": "\(Self.preflightAgeSeconds)",
        ]
        if !fields.isEmpty { headers.append("Access-Control-Allow-Headers", fields) }
        return HTTPResponse(status: .noContent, headers: headers)
    }

    /// Lets a page of another, allowed site read the answer.
    ///
    /// Without credentials: tokens travel in fields that a page sets, never in cookies.
    func mark(_ response: inout HTTPResponse, for request: HTTPRequest) {
        guard let origin = request.headers["Origin"] else { return }
        // Whatever the answer: a cache must not give it to a page of another site.
        response.headers.append("Vary", "Origin")
        // A plugin may have answered for itself; two answers are none to a browser.
        guard allows(request), response.headers["Access-Control-Allow-Origin"] == nil else {
            return
        }
        response.headers.append("Access-Control-Allow-Origin", origin)
    }

    /// Whether an origin is that of the host that was asked, its scheme aside: a proxy in front may
    /// have ended the TLS.
    private func isSameHost(_ origin: String, _ host: String) -> Bool {
        guard let parts = OriginPattern.split(origin), !host.isEmpty else { return false }
        let port = ":\(parts.defaultPort)"
        func withoutDefaultPort(_ authority: String) -> String {
            authority.hasSuffix(port) ? String(authority.dropLast(port.utf8.count)) : authority
        }
        return withoutDefaultPort(parts.authority.lowercased())
            == withoutDefaultPort(host.lowercased())
    }
}
