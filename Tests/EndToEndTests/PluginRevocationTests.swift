// SPDX-License-Identifier: Apache-2.0

import Channels
import JSON
import Reactor
import Testing
import Tokens

/// What a token lost while a plugin thought about it, the plugin's yes does not give back.
@Suite(.serialized) struct PluginRevocationTests {
    /// How a token comes to its end meanwhile.
    enum End: CaseIterable {
        case revokedByID
        case revokedByUser
        case expired
    }

    private let probe: PluginServer
    private let loop: EventLoop
    private let admin: Viewer

    init() throws {
        probe = try PluginServer()
        loop = try EventLoop()
        admin = try Viewer(
            probe.server,
            on: loop,
            token: try probe.server.token(user: "admin", .moderate, channels: "*")
        )
    }

    /// A token that comes to its end by `end` within the plugin's three seconds.
    private func claims(_ end: End?, id: String) -> Claims {
        let now = WallClock.now() / 1_000
        return Claims(
            user: "eve",
            expiresAt: end == .expired ? now + 2 : now + 3_600,
            issuedAt: now - 60,
            tokenID: id
        )
    }

    private func bring(_ end: End) throws {
        switch end {
        case .revokedByID: try admin.call("token.revoke", #"{"jti":"short"}"#)
        case .revokedByUser:
            let now = WallClock.now() / 1_000
            try admin.call("token.revoke", #"{"user":"eve","issued_before":\#(now)}"#)
        case .expired: break
        }
    }

    @Test(arguments: End.allCases)
    func aSubscriptionTokenThatEndsWhileThePluginThinksLetsNobodyIn(end: End) throws {
        let eve = try RawClient(probe.server, on: loop)
        var own = claims(nil, id: "own")
        // A connection that the revocation of all her older tokens leaves alone.
        own.issuedAt = WallClock.now() / 1_000 + 60
        eve.send(#"{"id":1,"connect":{"token":"\#(try probe.server.token(for: own))"}}"#)
        #expect(try eve.refusal(1) == nil)
        var claims = claims(end, id: "short")
        claims.channel = "private:long"
        let token = try probe.server.token(for: claims)
        eve.send(#"{"id":2,"subscribe":{"channel":"private:long","token":"\#(token)"}}"#)
        eve.send(#"{"id":3,"ping":{}}"#)
        #expect(try eve.refusal(3) == nil)
        #expect(!eve.received.contains { $0["id"]?.integer == 2 })
        try bring(end)
        #expect(try eve.refusal(2) == 109)
        // Another token for the same channel is good.
        var other = claims
        (other.tokenID, other.issuedAt) = ("other", WallClock.now() / 1_000 + 60)
        other.expiresAt = WallClock.now() / 1_000 + 3_600
        let good = try probe.server.token(for: other)
        eve.send(#"{"id":4,"subscribe":{"channel":"private:long","token":"\#(good)"}}"#)
        #expect(try eve.refusal(4) == nil)
        #expect(eve.closeCode == nil)
        #expect(probe.told().filter { $0[0] == "subscribed" && $0[2] == "eve" }.count == 1)
    }

    @Test(arguments: End.allCases)
    func aTokenThatEndsWhileThePluginThinksOpensNoConnection(end: End) throws {
        let eve = try RawClient(probe.server, on: loop)
        let token = try probe.server.token(for: claims(end, id: "short"))
        eve.send(
            #"{"id":1,"connect":{"token":"\#(token)","data":{"do":"long"}}}"#,
            #"{"id":2,"ping":{}}"#
        )
        try bring(end)
        try eve.wait(for: "a refusal") {
            eve.closeCode != nil || eve.received.contains { $0["id"]?.integer == 1 }
        }
        let isRefused = eve.received.contains { $0["id"]?.integer == 1 }
        if isRefused { #expect(try eve.refusal(1) == 109) }
        // Nothing that it sent behind it is carried out: `connect` comes first.
        #expect(try eve.waitForClose() == (isRefused ? 3501 : 3005))
        #expect(eve.received.allSatisfy { $0["connect"] == nil })
        // The plugin is not told of the end of what it never saw begin.
        #expect(!probe.told().contains { $0[0] == "disconnected" && $0[2] == "eve" })
    }
}
