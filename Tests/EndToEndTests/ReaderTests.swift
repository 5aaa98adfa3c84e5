// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import Foundation
import JSON
import Reactor
import StatusPage
import Testing
import Tokens

/// Clients that cannot hold a WebSocket see the same, in the same order, by plain HTTP.
@Suite(.serialized) struct ReaderTests {
    private let path = "/channels/live:show"
    private let accept = "Accept: text/event-stream"

    private func host(_ server: TallyServer, on loop: EventLoop) throws -> Viewer {
        let token = try server.token(user: "host", [.subscribe, .publish, .control, .moderate])
        let host = try Viewer(server, on: loop, token: token)
        try host.call("live.start", #"{"stream":"show","keep":true}"#)
        try host.watch("show")
        return host
    }

    private func answer(_ peer: HTTPPeer) throws -> JSONValue {
        let body = try #require(peer.text.split(separator: "\r\n\r\n").last)
        let limits = JSONLimits(maximumByteCount: 1 << 20, maximumDepth: 32)
        return try JSONValue.parse(Array(body.utf8), limits: limits)
    }

    @Test func aStreamOfEventsIsWhatAWebSocketWouldCarryAndCountsAsAViewer() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let host = try host(server, on: loop)
        let peer = try HTTPPeer(server, on: loop)
        try peer.get(path, [accept])
        try peer.wait(for: "data: {\"push\":{\"channel\":\"live:show\",\"subscribe\":{")
        #expect(peer.text.contains("Content-Type: text/event-stream\r\n"))
        #expect(peer.text.contains("Cache-Control: no-store\r\n"))
        #expect(peer.text.contains("\nretry: 2"))
        #expect(peer.text.contains("\"state\":\"live\""))
        try host.wait(for: "two viewers") {
            host.seen("viewers", in: "show").last?["viewers"]?.integer == 2
        }
        // Who only polls is no viewer.
        let poll = try HTTPPeer(server, on: loop)
        try poll.get(path, [])
        try poll.wait(for: "\"viewers\":2")
        try host.say("hello", in: "show")
        try peer.wait(for: "data: {\"push\":{\"channel\":\"live:show\",\"pub\":{")
        try peer.wait(for: "\"text\":\"hello\"")
        peer.close()
        try host.wait(for: "one viewer") {
            host.seen("viewers", in: "show").last?["viewers"]?.integer == 1
        }
    }

    @Test func aReaderThatComesBackMissesNothingWhicheverWorkerDies() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let host = try host(server, on: loop)
        var readers: [EventReader] = []
        for _ in 0..<4 { readers.append(try EventReader(server, on: loop, path)) }
        var said: [String] = []
        for worker in 0..<3 {
            for _ in 0..<4 {
                said.append("c\(said.count)")
                try host.sayWhateverDies(said.last ?? "", in: "show")
            }
            kill(try server.pid(of: .worker, worker), SIGKILL)
        }
        said.append("last")
        try host.sayWhateverDies("last", in: "show")
        for reader in readers {
            try reader.wait(for: "the last comment") { reader.comments.last == "last" }
            #expect(reader.comments == said)
            #expect(reader.recoveries.allSatisfy { $0 })
            #expect(zip(reader.offsets, reader.offsets.dropFirst()).allSatisfy { $0 + 1 == $1 })
            // Each worker died once, so the reader came back at least once, and was told so.
            #expect(!reader.recoveries.isEmpty)
            #expect(reader.connectionCount > reader.recoveries.count)
        }
    }

    @Test func aStreamThatCannotBeContinuedSaysSo() throws {
        let server = try TallyServer(workers: 1)
        let loop = try EventLoop()
        _ = try host(server, on: loop)
        let peer = try HTTPPeer(server, on: loop)
        try peer.get(path, [accept, "Last-Event-ID: other:3"])
        try peer.wait(for: "\"recovered\":false")
        // What the client saw last counts more than where the page began.
        let again = try HTTPPeer(server, on: loop)
        let id = try #require(
            peer.text.split(separator: "\n").last { $0.hasPrefix("id: ") }?.dropFirst(4)
        )
        try again.get(path + "?since=other:3", [accept, "Last-Event-ID: \(id)"])
        try again.wait(for: "\"recovered\":true")
    }

    @Test func aPollWaitsForNewsAndMissesNothingBetweenTwo() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let host = try host(server, on: loop)
        let peer = try HTTPPeer(server, on: loop)
        try peer.get(path, [])
        try peer.wait(for: "\"offset\":")
        let first = try answer(peer)
        let epoch = try #require(first["epoch"]?.string)
        let offset = try #require(first["offset"]?.integer)
        let target = path + "?since=\(epoch):"
        // Said between two polls: the next one answers at once.
        try host.say("between", in: "show")
        try peer.get(target + "\(offset)&wait=20s", [])
        try peer.wait(for: "\"text\":\"between\"")
        #expect(try answer(peer)["recovered"]?.bool == true)
        // Said while the poll waits: it is answered by it.
        try peer.get(target + "\(offset + 1)&wait=20s", [])
        try host.say("while waiting", in: "show")
        try peer.wait(for: "\"text\":\"while waiting\"")
        #expect(!peer.text.contains("between"))
        // Nothing is said: a poll that does not wait says so, and one that waits when it is over.
        for wait in ["", "&wait=100ms"] {
            try peer.get(target + "\(offset + 2)" + wait, [])
            try peer.wait(for: "\"recovered\":true")
            #expect(try answer(peer)["publications"] == nil)
        }
        // The same on whatever worker it lands.
        for _ in 0..<6 {
            let other = try HTTPPeer(server, on: loop)
            try other.get(target + "\(offset)&wait=20s", [])
            try other.wait(for: "\"text\":\"while waiting\"")
            #expect(other.text.contains("\"text\":\"between\""))
        }
        // A position that nobody has is not continued in silence.
        try peer.get(path + "?since=other:3&wait=20s", [])
        try peer.wait(for: "\"recovered\":false")
    }

    @Test(arguments: [
        ("/channels/", "400", 107),
        ("/channels/live:show?since=3", "400", 107),
        ("/channels/live:show?since=e:-3", "400", 107),
        ("/channels/live:show?wait=5", "400", 107),
        ("/channels/live:NO", "404", 102),
        ("/channels/unruled", "404", 102),
        ("/channels/closed", "403", 103),
        ("/channels/plain", "404", 108),
        ("/channels/live:show?token=nonsense", "401", 101),
    ])
    func refusesWhatItWouldRefuseOverAWebSocket(
        _ target: String,
        _ status: String,
        _ code: Int64
    ) throws {
        let server = try TallyServer(workers: 1, manifest: Self.rules)
        let loop = try EventLoop()
        let peer = try HTTPPeer(server, on: loop)
        try peer.get(target, [])
        try peer.wait(for: "\"code\":\(code)")
        #expect(peer.text.hasPrefix("HTTP/1.1 \(status) "))
        #expect(peer.text.contains("Cache-Control: no-store\r\n"))
        try peer.get("/health", [])
        try peer.wait(for: "\"ok\"")
    }

    private static let rules = """
        channels:
          - match: plain
            history_size: 0
            subscribe: everyone
          - match: closed
            history_size: 5
            history_lifetime: 1h
            recovery: on_request
            subscribe: nobody
        """

    @Test func tokensCountInAFieldAndInTheQuery() throws {
        let server = try TallyServer(workers: 1, manifest: Self.rules)
        let loop = try EventLoop()
        let token = try server.token(user: "ana", .subscribe, channels: "closed")
        let peer = try HTTPPeer(server, on: loop)
        try peer.get("/channels/closed", ["Authorization: Bearer \(token)"])
        try peer.wait(for: "\"offset\":0")
        try peer.get("/channels/closed?token=\(token)", [])
        try peer.wait(for: "\"offset\":0")
        // On the same connection, without it.
        try peer.get("/channels/closed", [])
        try peer.wait(for: "\"code\":103")
        let blind = try server.token(user: "bob", .publish, channels: "closed")
        try peer.get("/channels/closed", ["Authorization: Bearer \(blind)"])
        try peer.wait(for: "\"code\":103")
        let late = try server.token(
            for: Claims(user: "ana", expiresAt: WallClock.now() / 1_000 - 60)
        )
        try peer.get("/channels/closed", ["Authorization: Bearer \(late)"])
        try peer.wait(for: "\"code\":109")
        #expect(peer.text.hasPrefix("HTTP/1.1 401 "))
    }

    @Test func whoseTokenEndsIsSentAwayAndNotLetInAgain() throws {
        let server = try TallyServer(workers: 1, manifest: Self.rules)
        let loop = try EventLoop()
        let token = try server.token(
            for: Claims(
                user: "ana",
                expiresAt: WallClock.now() / 1_000 + 2,
                capabilities: [
                    Capability(channels: ["closed"], match: .exact, allow: .subscribe)
                ]
            )
        )
        let stream = try HTTPPeer(server, on: loop)
        try stream.get("/channels/closed?token=\(token)", [accept])
        try stream.wait(for: "\"offset\":0")
        let id = try #require(
            stream.text.split(separator: "\n").last { $0.hasPrefix("id: ") }?.dropFirst(4)
        )
        let poll = try HTTPPeer(server, on: loop)
        try poll.get("/channels/closed?token=\(token)&since=\(id)&wait=30s", [])
        try stream.wait(for: "\"disconnect\":{\"code\":3005,")
        try poll.wait(for: "\"code\":109")
        #expect(poll.text.hasPrefix("HTTP/1.1 401 "))
        try stream.wait(for: "\r\n0\r\n\r\n")
        try stream.get("/channels/closed?token=\(token)", [accept, "Last-Event-ID: \(id)"])
        try stream.wait(for: "\"code\":109")
    }

    @Test func aUserWhoIsSentAwayOrWhoseTokenIsRevokedReadsNoMore() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        _ = try host(server, on: loop)
        let admin = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "admin", .moderate, channels: "*")
        )
        let token = try server.token(
            for: Claims(
                user: "eve",
                expiresAt: WallClock.now() / 1_000 + 3_600,
                tokenID: "stolen",
                capabilities: [
                    Capability(channels: ["live:*"], match: .wildcard, allow: .subscribe)
                ]
            )
        )
        let stream = try HTTPPeer(server, on: loop)
        let poll = try HTTPPeer(server, on: loop)
        try stream.get(path + "?token=\(token)", [accept])
        try stream.wait(for: "\nid: ")
        try poll.get(path + "?token=\(token)", [])
        try poll.wait(for: "\"epoch\":")
        let answer = try answer(poll)
        let since = "\(answer["epoch"]?.string ?? ""):\(answer["offset"]?.integer ?? -1)"
        try poll.get(path + "?token=\(token)&since=\(since)&wait=30s", [])
        try admin.call("user.disconnect", #"{"user":"eve","reason":"signed out"}"#)
        try stream.wait(
            for: #"{"disconnect":{"code":3503,"reason":"signed out","reconnect":false}}"#
        )
        #expect(stream.text.contains("retry: 3600000\n"))
        try stream.wait(for: "\r\n0\r\n\r\n")
        // It waited, or it came after that and waits now.
        if poll.text.contains("signed out") { #expect(poll.text.hasPrefix("HTTP/1.1 403 ")) }
        let other = try HTTPPeer(server, on: loop)
        try stream.get(path + "?token=\(token)", [accept])
        try stream.wait(for: "\nid: ")
        try admin.call("token.revoke", #"{"jti":"stolen"}"#)
        try stream.wait(for: #""code":3005,"reason":"token revoked""#)
        try poll.wait(for: "\"error\":")
        try other.get(path, ["Authorization: Bearer \(token)"])
        try other.wait(for: "\"code\":109")
    }

    @Test func otherSitesPagesReadOnlyWhereTheManifestSaysSo() throws {
        let server = try TallyServer(
            workers: 1,
            manifest: "allowed_origins:\n  - https://a.example\n"
        )
        let loop = try EventLoop()
        let foreign = try HTTPPeer(server, on: loop)
        try foreign.get(path, [accept, "Origin: https://b.example"])
        try foreign.wait(for: "allowed_origins")
        #expect(foreign.text.hasPrefix("HTTP/1.1 403 "))
        #expect(!foreign.text.contains("Access-Control-Allow-Origin"))
        let stream = try HTTPPeer(server, on: loop)
        try stream.get(path, [accept, "Origin: https://a.example"])
        try stream.wait(for: "\nid: ")
        #expect(stream.text.contains("Access-Control-Allow-Origin: https://a.example\r\n"))
        #expect(stream.text.contains("X-Content-Type-Options: nosniff\r\n"))
        // Also an answer that was put off, and an error.
        let poll = try HTTPPeer(server, on: loop)
        try poll.get(path, ["Origin: https://a.example"])
        try poll.wait(for: "\"epoch\":")
        #expect(poll.text.contains("Access-Control-Allow-Origin: https://a.example\r\n"))
        try poll.get(path + "?since=x", ["Origin: https://a.example"])
        try poll.wait(for: "\"code\":107")
        #expect(poll.text.contains("Access-Control-Allow-Origin: https://a.example\r\n"))
    }

    @Test func aReloadEndsStreamsThatComeBackAndAnswersPolls() throws {
        let server = try TallyServer(
            workers: 2,
            manifest: "client:\n  publishes_per_second: 1000\n  publish_burst: 5000\n"
                + "  commands_per_second: 1000\n  command_burst: 5000\n"
        )
        let loop = try EventLoop()
        let host = try host(server, on: loop)
        var readers: [EventReader] = []
        for _ in 0..<4 { readers.append(try EventReader(server, on: loop, path)) }
        let poll = try HTTPPeer(server, on: loop)
        try poll.get(path + "?since=\(readers[0].lastID ?? "")&wait=50s", [])
        var said: [String] = []
        kill(server.pid, SIGHUP)
        while readers.contains(where: { $0.connectionCount == 1 }) {
            try #require(said.count < 2_000, "the streams were not ended")
            said.append("c\(said.count)")
            try host.say(said.last ?? "", in: "show")
            for reader in readers {
                try reader.wait(for: "the comment") { reader.comments.last == said.last }
            }
        }
        try poll.wait(for: "\"recovered\":true")
        for reader in readers {
            try reader.wait(for: "the last comment") { reader.comments.last == said.last }
            #expect(reader.comments == said)
            #expect(reader.recoveries.allSatisfy { $0 })
        }
    }

    /// Its epoch is over as soon as nobody reads it: whoever polls by new connections asks in a circle.
    @Test func aPollOfAStreamThatHasNotStartedWaitsOnANewConnectionToo() throws {
        let server = try TallyServer(workers: 1)
        let loop = try EventLoop()
        let peer = try HTTPPeer(server, on: loop)
        let start = MonotonicTime.now()
        try peer.get(path + "?since=over:0&wait=500ms", [])
        try peer.wait(for: "\"recovered\":false")
        #expect(MonotonicTime.now() - start >= .milliseconds(500))
        #expect(try answer(peer)["epoch"]?.string != "over")
        #expect(try answer(peer)["data"]?["state"]?.string == "offline")
        // It still hears at once what begins.
        let waiting = try HTTPPeer(server, on: loop)
        try waiting.get(path + "?since=over:0&wait=50s", [])
        _ = try host(server, on: loop)
        try waiting.wait(for: "\"recovered\":false")
        #expect(try answer(waiting)["data"]?["state"]?.string == "live")
        // Whoever has seen something begins anew at once.
        try peer.get(path + "?since=over:7&wait=50s", [])
        try peer.wait(for: "\"recovered\":false")
    }

    /// A proxy sends many people's requests over one connection that it keeps.
    @Test func strangersBehindAProxyHaveBudgetsOfTheirOwn() throws {
        let server = try TallyServer(
            workers: 1,
            manifest: "proxies:\n  trusted: [127.0.0.1]\n  header: x-forwarded-for\n"
        )
        let loop = try EventLoop()
        let proxy = try HTTPPeer(server, on: loop)
        func status(for address: String) throws -> String {
            try proxy.get(path, ["X-Forwarded-For: \(address)"])
            try proxy.wait(for: "}")
            return String(proxy.text.prefix(12))
        }
        var count = 0
        while try status(for: "192.0.2.1") == "HTTP/1.1 200", count < 500 { count += 1 }
        #expect(count < 500, "nobody was told to ask more slowly")
        #expect(try status(for: "192.0.2.2") == "HTTP/1.1 200")
    }

    @Test func aReaderSendsNoContent() throws {
        let server = try TallyServer(workers: 1)
        let peer = try HTTPPeer(server, on: try EventLoop())
        try peer.get(path, ["Transfer-Encoding: chunked", "", "1", "a", "0"])
        try peer.wait(for: "no content")
        #expect(peer.text.hasPrefix("HTTP/1.1 413 "))
    }

    @Test func limitsOfReadersAreKept() throws {
        let server = try TallyServer(
            workers: 1,
            manifest: "http:\n  maximum_event_streams: 1\n  maximum_waiting_polls: 1\n"
        )
        let loop = try EventLoop()
        let stream = try HTTPPeer(server, on: loop)
        try stream.get(path, [accept])
        try stream.wait(for: "\nid: ")
        let other = try HTTPPeer(server, on: loop)
        try other.get(path, [accept])
        try other.wait(for: "\"code\":111")
        #expect(other.text.hasPrefix("HTTP/1.1 429 "))
        #expect(other.text.contains("Retry-After: 5\r\n"))
        let id = try #require(
            stream.text.split(separator: "\n").last { $0.hasPrefix("id: ") }?.dropFirst(4)
        )
        let target = path + "?since=\(id)&wait="
        let waiting = try HTTPPeer(server, on: loop)
        try waiting.get(target + "2s", [])
        // Who waits is counted before it is seen to wait: the second one may come first.
        try other.get(target + "2s", [])
        try other.wait(for: "}")
        try waiting.wait(for: "}")
        #expect([other, waiting].count { $0.text.hasPrefix("HTTP/1.1 429 ") } == 1)
        // Both places are given back.
        stream.close()
        try other.get(target + "10ms", [])
        try other.wait(for: "\"recovered\":true")
        let deadline = MonotonicTime.now() + Viewer.patience
        repeat {
            try other.get(path, [accept])
            try other.wait(for: "}")
        } while !other.text.contains("\nid: ") && MonotonicTime.now() < deadline
        #expect(other.text.contains("\nid: "))
    }
}
