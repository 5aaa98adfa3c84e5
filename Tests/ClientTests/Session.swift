// SPDX-License-Identifier: Apache-2.0

import Client
import ClientProtocol
import JSON
import Testing

/// A client without a socket, whose actions read as short lines.
struct Session {
    var core: ClientCore

    init(tokens: [String] = ["T"]) {
        var options = ClientOptions()
        var next = 0
        options.token = {
            defer { next += 1 }
            return tokens[min(next, tokens.count - 1)]
        }
        core = ClientCore(options: options, generator: SystemRandomNumberGenerator())
    }

    static func connected() -> Session {
        var session = Session()
        _ = session.connect()
        return session
    }

    mutating func connect(reopening: Bool = true) -> [String] {
        if reopening { _ = core.start() }
        let sent = take(core.transportOpened())[0]
        let id = sent.firstMatch(of: /"id":(\d+)/)?.output.1 ?? ""
        return receive(#"{"id":\#(id),"connect":{"client":"c","ping":25,"pong":true}}"#)
    }

    mutating func receive(_ text: String) -> [String] {
        take(core.received(Array(text.utf8)))
    }

    func take(_ actions: [ClientCore.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .openTransport: "open"
            case .closeTransport(let code): "close \(code)"
            case .send(let line): "send " + String(decoding: line, as: UTF8.self)
            case .scheduleReconnect(let wait): "reconnect \(wait)"
            case .scheduleLivenessCheck(nil): "check never"
            case .scheduleLivenessCheck(let wait?): "check \(wait.components.seconds)s"
            case .scheduleRefresh(nil): "refresh never"
            case .scheduleRefresh(let wait?): "refresh \(wait.components.seconds)s"
            case .scheduleResubscribe(let channel, let wait):
                "resubscribe \(channel) \(wait / .milliseconds(1))ms".replacing(".0ms", with: "ms")
            case .report(let event): Self.describe(event)
            }
        }
    }

    private static func describe(_ event: ClientEvent) -> String {
        switch event {
        case .connected: "connected"
        case .disconnected: "disconnected"
        case .answered(let id, .success(let result)):
            "answered \(id) " + String(decoding: result.serialized(), as: UTF8.self)
        case .answered(let id, .failure(.refused(let error))): "refused \(id) \(error.code)"
        case .answered(let id, .failure(let failure)): "failed \(id) \(failure)"
        case .subscribed(let channel, _): "subscribed \(channel)"
        case .publication(let channel, let publication):
            "publication \(channel) \(publication.offset)"
        case .join(let channel, _): "join \(channel)"
        case .leave(let channel, _): "leave \(channel)"
        case .unsubscribed(let channel, _): "unsubscribed \(channel)"
        case .message: "message"
        }
    }
}

extension [ClientCore.Action] {
    func expectNothing() {
        #expect(isEmpty)
    }
}
