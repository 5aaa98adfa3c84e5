// SPDX-License-Identifier: Apache-2.0

import Channels
import HTTP
import JSON
import Logging
import Reactor
import Tokens

/// Tokens for the page of a demo: anyone on this machine may be anyone.
///
/// Only for peers on loopback, and only for pages that this server gave out: a page of another
/// site, or one that reached this address by DNS rebinding, has another `Host` or `Origin`.
struct DemoTokens {
    private static let lifetimeSeconds: Int64 = 12 * 3600

    private enum Role: String, CaseIterable {
        case viewer
        case studio

        var permissions: Permissions {
            switch self {
            case .viewer: [.subscribe, .publish, .history]
            case .studio: [.subscribe, .publish, .history, .presence, .control, .moderate]
            }
        }
    }

    let signer: TokenSigner
    let logger: Logger

    func respond(to request: HTTPRequest, from peer: SocketAddress) -> HTTPResponse {
        guard peer.isLoopback, isOwnPage(request) else {
            return .text(.forbidden, "demo tokens are for pages on this machine")
        }
        guard let user = request.target.queryValue(of: "user"), isName(user) else {
            return .text(.badRequest, "user: 1 to 64 bytes of text are needed")
        }
        guard let role = Role(rawValue: request.target.queryValue(of: "role") ?? "viewer") else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: " or ")
            return .text(.badRequest, "role: \(roles)")
        }
        let stream = request.target.queryValue(of: "stream") ?? "*"
        guard stream == "*" || StreamID.isValid(stream) else {
            return .text(.badRequest, "stream: a stream id matches [a-z0-9][a-z0-9_-]{0,63}")
        }
        return token(user: user, role: role, stream: stream)
    }

    private func token(user: String, role: Role, stream: String) -> HTTPResponse {
        let now = WallClock.now() / 1_000
        var profile = JSONWriter()
        profile.beginObject()
        profile.key("name")
        profile.string(user)
        profile.endObject()
        let claims = Claims(
            user: user,
            expiresAt: now + Self.lifetimeSeconds,
            issuedAt: now,
            info: profile.bytes,
            name: user,
            capabilities: [
                Capability(
                    channels: ["live:\(stream)"],
                    match: .wildcard,
                    allow: role.permissions
                )
            ]
        )
        do {
            var answer = JSONWriter()
            answer.beginObject()
            answer.key("token")
            answer.string(try signer.sign(claims))
            answer.endObject()
            var response = HTTPResponse.json(.ok, answer.bytes)
            response.headers.append("Cache-Control", "no-store")
            return response
        } catch {
            logger.error("demo token not made", metadata: ["error": "\(error)"])
            return .text(.internalServerError, "the token could not be made; the log says why")
        }
    }

    private func isName(_ user: String) -> Bool {
        (1...64).contains(user.utf8.count)
            && user.unicodeScalars.allSatisfy {
                !$0.properties.isNoncharacterCodePoint
                    && $0.properties.generalCategory != .control
            }
    }

    /// Whether the request comes from a page of this server, on a name of this machine.
    private func isOwnPage(_ request: HTTPRequest) -> Bool {
        let host = request.host
        let name =
            host.hasPrefix("[") ? host.prefix { $0 != "]" }.dropFirst() : host.prefix { $0 != ":" }
        guard ["localhost", "127.0.0.1", "::1"].contains(String(name)) else { return false }
        guard let origin = request.headers["Origin"] else { return true }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}
