// SPDX-License-Identifier: Apache-2.0

import TallyPlugin

/// A plugin that does a bit of everything.
final class Sample: Plugin, CommentHook, AsyncRPCHook, AsyncPublishHook, HTTPHook, ConnectHook,
    CommentedHook, AsyncStartedHook, TickHook
{
    struct Settings: Decodable, Sendable {
        var word = "bad"
        var limits: [Int]?

        enum CodingKeys: CodingKey { case word, limits }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            word = try container.decodeIfPresent(String.self, forKey: .word) ?? "bad"
            limits = try container.decodeIfPresent([Int].self, forKey: .limits)
        }
    }

    static let about = About(name: "sample", version: "1.0", summary: "For tests.")

    private let host: Host
    private let settings: Settings
    private var ticks = 0

    init(host: Host, settings: Settings) throws {
        guard settings.word != "refuse" else { throw Rejection("no such word") }
        self.host = host
        self.settings = settings
    }

    func selfTest() throws {
        if settings.word == "ill" { throw Rejection("ill") }
    }

    func comment(_ call: CommentCall) -> CommentVerdict {
        if call.text == settings.word { return .reject("no", code: 1_500) }
        if call.text == "who" { return .replace("\(call.user) in \(call.stream)") }
        return .allow
    }

    func rpc(_ call: RPCCall) async -> RPCVerdict {
        do {
            switch call.content.name {
            case "count":
                let old = try await host.store.get("count")
                let count = (old?.value.integer ?? 0) + 1
                try await host.store.set("count", to: .integer(count), ifVersion: old?.version ?? 0)
                return .result(["count": .integer(count)])
            case "work":
                let sum = try await host.offLoop { (1...1_000).reduce(0, +) }
                return .result(.integer(Int64(sum)))
            case "elsewhere":
                return .result(.integer(await Self.elsewhere()))
            case "fail":
                try await host.call("live.stop", ["stream": "none"])
                return .allow
            case "later":
                try host.startTimer(after: .seconds(5)) { [host] in host.count("late") }
                try host.startTimer(after: .seconds(1), every: .seconds(1)) { [host] in
                    host.count("each")
                }
                return .allow
            case "loop":
                return .result(.bool(Self.isOnLoop()))
            default:
                return .reject("no such method", code: 1_404)
            }
        } catch let error as HostError {
            return .reject("\(error)")
        } catch {
            return .reject("other")
        }
    }

    /// Ends the process when it is not on the loop.
    private static func isOnLoop() -> Bool { Loop.assumeIsolated { true } }

    @concurrent
    private static func elsewhere() async -> Int64 {
        await withTaskGroup(of: Int64.self) { group in
            for number in 1...10 { group.addTask { Int64(number) } }
            return await group.reduce(0, +)
        }
    }

    /// Not on the loop at all.
    nonisolated func publish(_ call: PublishCall) async -> PublishVerdict {
        .replace(["was": call.content])
    }

    func http(_ call: HTTPCall) -> HTTPVerdict {
        let request = call.content
        guard request.path == "/hello" else { return .reject("nothing here", code: 1_404) }
        let body = String(decoding: request.body, as: UTF8.self)
        let kind = request.headers["x-kind"] ?? ""
        return .respond(HTTPResponse(status: 201, text: "\(request.method) \(kind) \(body)"))
    }

    func connect(_ call: ConnectCall) -> ConnectVerdict {
        call.content.hasToken
            ? .allow : .replace(ConnectReplacement(user: "guest", channels: ["news"]))
    }

    func commented(_ call: CommentedCall) {
        host.log("comment seen", ["offset": .integer(call.content.offset)], level: .debug)
    }

    func started(_ call: LiveEventCall) async {
        host.setGauge("generation", to: call.content.snapshot["generation"]?.integer ?? 0)
    }

    func tick() {
        ticks += 1
        host.setGauge("ticks", to: Int64(ticks))
    }
}
