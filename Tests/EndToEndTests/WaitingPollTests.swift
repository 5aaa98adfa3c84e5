// SPDX-License-Identifier: Apache-2.0

import Channels
import Foundation
import Reactor
import Testing
import Tokens

/// What a poll that waits has, and how it ends.
@Suite(.serialized) struct WaitingPollTests {
    private let loop: EventLoop

    init() throws {
        loop = try EventLoop()
    }

    private static let rules = """
        channels:
          - match: quiet
            history_size: 5
            history_lifetime: 1h
            recovery: on_request
            subscribe: everyone
          - match: closed
            history_size: 5
            history_lifetime: 1h
            recovery: on_request
            subscribe: nobody

        """

    /// From where a poll of the channel has missed nothing.
    private func position(
        _ server: TallyServer,
        _ channel: String,
        _ fields: [String] = []
    ) throws -> (peer: HTTPPeer, since: String) {
        let peer = try HTTPPeer(server, on: loop)
        try peer.get("/channels/\(channel)", fields)
        try peer.wait(for: "\"offset\":0")
        let epoch = try #require(peer.text.split(separator: "\"epoch\":\"").last)
        return (peer, epoch.prefix { $0 != "\"" } + ":0")
    }

    /// Asks again and again until the answer is what it is to be.
    private func ask(
        _ peer: HTTPPeer,
        _ target: String,
        _ fields: [String],
        until status: Int
    ) throws {
        let deadline = MonotonicTime.now() + Viewer.patience
        repeat {
            try peer.get(target, fields)
            try peer.wait(for: "an answer") { peer.text.hasSuffix("}") }
        } while !peer.text.hasPrefix("HTTP/1.1 \(status) ") && MonotonicTime.now() < deadline
        #expect(peer.text.hasPrefix("HTTP/1.1 \(status) "), "\(peer.text)")
    }

    @Test func aClientThatGoesAwayGivesBackWhatItsPollHad() throws {
        let server = try TallyServer(
            workers: 1,
            manifest: Self.rules
                + "client:\n  maximum_connections_per_address: 2\n  maximum_connections: 3\n"
                + "http:\n  maximum_waiting_polls: 1\n"
                + "proxies:\n  trusted: [127.0.0.1]\n  header: x-forwarded-for\n"
        )
        let first = ["X-Forwarded-For: 192.0.2.1"]
        let (peer, since) = try position(server, "quiet", first)
        let target = "/channels/quiet?since=\(since)&wait="
        try peer.get(target + "50s", first)
        let same = try HTTPPeer(server, on: loop)
        // The one place of those who wait is taken.
        try ask(same, target + "10ms", first, until: 429)
        // So are its address's places.
        let third = try HTTPPeer(server, on: loop)
        try third.get("/channels/quiet", first)
        try third.wait(for: "from your address")
        peer.close()
        try ask(same, target + "10ms", first, until: 200)
        // The address and the worker have room for one more.
        try ask(try HTTPPeer(server, on: loop), "/channels/quiet", first, until: 200)
    }

    @Test func aConnectionsPlaceAmongItsUsersIsGivenBack() throws {
        let server = try TallyServer(
            workers: 1,
            manifest: Self.rules + "client:\n  maximum_connections_per_user: 1\n"
        )
        let fields = ["Authorization: Bearer \(try server.token(user: "ana"))"]
        let (peer, since) = try position(server, "quiet", fields)
        try peer.get("/channels/quiet?since=\(since)&wait=50s", fields)
        let other = try HTTPPeer(server, on: loop)
        try ask(other, "/channels/quiet", fields, until: 429)
        #expect(other.text.contains("\"code\":106"))
        peer.close()
        try ask(other, "/channels/quiet", fields, until: 200)
        other.close()
        try ask(try HTTPPeer(server, on: loop), "/channels/quiet", fields, until: 200)
    }

    @Test func aTokenThatIsRevokedMeanwhileEndsIt() throws {
        let server = try TallyServer(workers: 1, manifest: Self.rules)
        let admin = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "admin", .moderate, channels: "*")
        )
        var claims = Claims(
            user: "eve",
            expiresAt: WallClock.now() / 1_000 + 3_600,
            tokenID: "stolen",
            capabilities: [Capability(channels: ["closed"], match: .exact, allow: .subscribe)]
        )
        let own = ["Authorization: Bearer \(try server.token(for: claims))"]
        (claims.user, claims.tokenID) = ("bob", "other")
        let others = ["Authorization: Bearer \(try server.token(for: claims))"]
        let (eve, since) = try position(server, "closed", own)
        let (bob, _) = try position(server, "closed", others)
        try eve.get("/channels/closed?since=\(since)&wait=50s", own)
        try bob.get("/channels/closed?since=\(since)&wait=1s", others)
        try admin.call("token.revoke", #"{"jti":"stolen"}"#)
        try eve.wait(for: "\"code\":109")
        #expect(eve.text.hasPrefix("HTTP/1.1 401 "))
        #expect(eve.text.contains("WWW-Authenticate: Bearer\r\n"))
        // Another's goes on to its end.
        try bob.wait(for: "\"recovered\":true")
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func itIsAnsweredWhenItsWorkerGoes(signal: Int32) throws {
        let server = try TallyServer(
            workers: 1,
            manifest: Self.rules + "http:\n  maximum_waiting_polls: 1\n"
        )
        let (peer, since) = try position(server, "quiet")
        let target = "/channels/quiet?since=\(since)&wait="
        try peer.get(target + "50s", [])
        // It waits once nobody else may.
        try ask(try HTTPPeer(server, on: loop), target + "10ms", [], until: 429)
        kill(server.pid, signal)
        try peer.wait(for: "\"recovered\":true")
        #expect(peer.text.hasPrefix("HTTP/1.1 200 "))
    }
}
