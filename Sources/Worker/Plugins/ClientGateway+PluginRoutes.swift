// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HTTP
import Hooks
import JSON
import Manifest
import PluginHost
import Reactor
import WebServer

/// What plugins answer themselves: methods under their name, and HTTP requests.
extension ClientGateway {
    private static let path = "/plugins/"

    /// Calls `<plugin>.<method>`; answers false where no plugin has that name and the hook.
    func callPlugin(
        _ plugins: PluginHost,
        _ session: Session,
        _ asked: AskedCommand,
        _ name: String,
        _ data: [UInt8]
    ) throws(ErrorReply) -> Bool {
        guard let dot = name.firstIndex(of: ".") else { return false }
        let plugin = String(name[..<dot])
        guard plugins.implements(.rpc, plugin: plugin) else { return false }
        var subject = subject(of: session, on: Self.channel(namedBy: data))
        var writer = JSONWriter(capacity: data.count + 64)
        writer.beginObject()
        writer.key("method")
        writer.string(String(name[name.index(after: dot)...]))
        if !data.isEmpty {
            writer.key("data")
            writer.raw(data)
        }
        writer.endObject()
        subject.data = writer.bytes
        let id = asked.command.id
        try consult(
            .rpc,
            subject,
            plugin: plugin,
            about: asked,
            of: session
        ) { [self] replacement throws(ErrorReply) in
            let result = replacement ?? Array("{}".utf8)
            reply(to: session, Encoder.rpcReply(id: id, data: result))
        }
        return true
    }

    /// What a plugin's method is about: what the client may do there is the plugin's to know.
    private static func channel(namedBy data: [UInt8]) -> ChannelName? {
        if let stream = HookData.text("stream", of: data) { return ChannelName(stream: stream) }
        return HookData.text("channel", of: data).flatMap { try? ChannelName($0) }
    }

    /// Has a plugin answer a request under `/plugins/<plugin>/`; nil where none does.
    func answerFromPlugin(_ request: HTTPRequest, on connection: Connection) -> HTTPAnswer? {
        guard let plugins, request.path.hasPrefix(Self.path) else { return nil }
        let rest = request.path.dropFirst(Self.path.count)
        let name = String(rest.prefix { $0 != "/" })
        guard plugins.implements(.http, plugin: name) else { return nil }
        if let preflight = routes.origins.preflightAnswer(toPlugin: request) {
            return .now(dressed(preflight, request))
        }
        guard let path = RequestTarget.decodedPath(rest.dropFirst(name.count)) else {
            return .now(
                dressed(.text(.badRequest, "the path is not well percent-encoded"), request)
            )
        }
        var subject = HookSubject()
        subject.address = connection.peer.host
        subject.http = HookHTTPRequest(
            method: request.method.name,
            path: path.isEmpty ? "/" : path,
            query: request.target.query,
            headers: Self.headers(of: request),
            body: request.body
        )
        var response: HTTPResponse?
        var pending: PendingAnswer?
        plugins.decide(.http, subject, plugin: name) { [weak self] outcome in
            guard let self else { return }
            let answer = dressed(Self.response(outcome), request)
            response = answer
            if let pending { server?.answer(pending, with: answer) }
        }
        if let response { return .now(response) }
        // The plugin's own deadline answers before this one.
        let settings = configuration.plugins.first { $0.name == name }
        let deadline = settings?.deadlines[.http] ?? Hook.http.defaultDeadline
        let deferred = connection.deferAnswer(within: deadline + .seconds(5))
        pending = deferred
        return .later(deferred)
    }

    private func dressed(_ response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse {
        var response = response
        routes.dress(&response, for: request)
        return response
    }

    private static func headers(of request: HTTPRequest) -> [(name: String, value: String)] {
        var values: [(name: String, value: String)] = []
        var places: [String: Int] = [:]
        for field in request.headers.fields {
            let name = field.name.lowercased()
            if let place = places[name] {
                values[place].value += ", " + field.value
            } else {
                places[name] = values.count
                values.append((name, field.value))
            }
        }
        return values
    }

    private static func response(_ outcome: HookOutcome) -> HTTPResponse {
        guard case .answered(let answer) = outcome, let code = UInt16(exactly: answer.status) else {
            return .text(.internalServerError, "the plugin gave no answer")
        }
        var response = HTTPResponse(status: HTTPStatus(code: code, reason: ""), body: answer.body)
        if !answer.contentType.isEmpty {
            response.headers.append("Content-Type", answer.contentType)
        }
        for (name, value) in answer.headers { response.headers.append(name, value) }
        return response
    }
}
