// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import ClientProtocol
import Foundation
import JSON
import Reactor
import StatusPage
import Testing
import Tokens

/// What an operator takes away is gone on every worker, and stays gone.
@Suite(.serialized) struct RevocationTests {
    private func claims(
        _ user: String,
        id: String? = nil,
        issuedAt: Int64 = WallClock.now() / 1_000 - 60
    ) -> Claims {
        Claims(
            user: user,
            expiresAt: WallClock.now() / 1_000 + 3_600,
            issuedAt: issuedAt,
            tokenID: id,
            capabilities: [
                Capability(channels: ["live:*"], match: .wildcard, allow: [.subscribe])
            ]
        )
    }

    private func admin(_ server: TallyServer, on loop: EventLoop) throws -> Viewer {
        var claims = claims("admin", issuedAt: WallClock.now() / 1_000 + 60)
        claims.capabilities = [
            Capability(channels: ["*"], match: .wildcard, allow: [.moderate])
        ]
        return try Viewer(server, on: loop, token: try server.token(for: claims))
    }

    /// Connections of one token until every worker has one.
    private func everywhere(
        _ server: TallyServer,
        on loop: EventLoop,
        _ claims: Claims
    ) throws -> [Viewer] {
        let token = try server.token(for: claims)
        var viewers: [Viewer] = []
        while Set(viewers.map(\.node)).count < 3 {
            try #require(viewers.count < 90, "90 connections missed a worker of three")
            viewers.append(try Viewer(server, on: loop, token: token))
        }
        return viewers
    }

    private func ends(_ viewer: Viewer) -> [Disconnection.Cause] {
        viewer.script.events.compactMap { event in
            if case .disconnected(let disconnection) = event { disconnection.cause } else { nil }
        }
    }

    private func waitForEnd(_ viewers: [Viewer], _ cause: Disconnection.Cause) throws {
        for viewer in viewers {
            try viewer.wait(for: "its end") { !ends(viewer).isEmpty }
            #expect(ends(viewer).first == cause)
        }
    }

    /// Why nobody gets in with these claims; nil where somebody does.
    private func refusal(
        _ server: TallyServer,
        on loop: EventLoop,
        _ claims: Claims
    ) throws -> UInt32? {
        do {
            let viewer = try Viewer(server, on: loop, token: try server.token(for: claims))
            viewer.script.client.stop()
            return nil
        } catch ScriptedClient.StepError.disconnected(let disconnection) {
            guard case .refused(let error) = disconnection.cause else { return 0 }
            return error.code
        }
    }

    @Test func everyConnectionOfAUserEndsOnAllWorkers() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let admin = try admin(server, on: loop)
        let eve = try everywhere(server, on: loop, claims("eve"))
        let bob = try Viewer(server, on: loop, token: try server.token(for: claims("bob")))
        let result = try admin.call("user.disconnect", #"{"user":"eve","reason":"signed out"}"#)
        #expect(result["connections"]?.integer == Int64(eve.count))
        try waitForEnd(eve, .closed(code: 3503, reason: "signed out"))
        #expect(ends(bob).isEmpty)
        // Her token is good still.
        #expect(try refusal(server, on: loop, claims("eve")) == nil)
    }

    @Test func aRevokedTokenEndsItsConnectionsAndOpensNoOthers() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let admin = try admin(server, on: loop)
        let stolen = try everywhere(server, on: loop, claims("eve", id: "stolen"))
        let own = try Viewer(
            server,
            on: loop,
            token: try server.token(for: claims("eve", id: "own"))
        )
        try admin.call("token.revoke", #"{"jti":"stolen"}"#)
        try waitForEnd(stolen, .closed(code: 3005, reason: "token revoked"))
        #expect(ends(own).isEmpty)
        for _ in 0..<6 {
            #expect(try refusal(server, on: loop, claims("eve", id: "stolen")) == 109)
        }
        // Not even by refreshing with it.
        let token = try server.token(for: claims("eve", id: "stolen"))
        let error = #expect(throws: ScriptedClient.StepError.self) {
            try own.script.call(.refresh(token: token), within: Viewer.patience)
        }
        #expect("\(try #require(error))".contains("109"))
        try server.wait(for: "the figures") { status in
            let workers = status.processes.filter { $0.identity.role == .worker }
            return workers.map { Int($0[.revokedDisconnects]) }.reduce(0, +) == stolen.count
                && workers.map { Int($0[.tokensRevoked]) }.reduce(0, +) >= 7
        }
    }

    @Test func revocationsSurviveTheDeathOfEveryProcessAndAReload() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let admin = try admin(server, on: loop)
        let now = WallClock.now() / 1_000
        try admin.call("token.revoke", #"{"user":"eve","issued_before":\#(now)}"#)
        func expectRevoked(_ when: String) throws {
            for _ in 0..<6 {
                #expect(try refusal(server, on: loop, claims("eve")) == 109, "\(when)")
            }
            #expect(try refusal(server, on: loop, claims("eve", issuedAt: now)) == nil)
            #expect(try refusal(server, on: loop, claims("bob")) == nil)
        }
        try expectRevoked("at once")
        let before = try server.status().processes.map(\.pid)
        let reload = try server.run(["reload", "--data", server.folder])
        #expect(reload.status == 0, "\(reload.errors)")
        try expectRevoked("after a reload")
        for process in try server.status().processes
        where process.identity.role != .supervisor && !before.contains(process.pid) {
            kill(Int32(process.pid), SIGKILL)
        }
        try server.wait(for: "every process to serve again") { status in
            status.processes.count == 5
                && status.processes.allSatisfy {
                    $0.phase == .serving
                        && ($0.identity.role != .worker || $0.restarts > 0)
                }
        }
        try expectRevoked("after everybody's death")
    }

    @Test func everyoneIsRevokedAtOnceButForThoseWhoComeWithoutToken() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let admin = try admin(server, on: loop)
        let ana = try Viewer(server, on: loop, token: try server.token(for: claims("ana")))
        let nobody = try Viewer(server, on: loop, watching: "show")
        try admin.call("token.revoke", #"{"everyone":true}"#)
        try waitForEnd([ana], .closed(code: 3005, reason: "token revoked"))
        #expect(ends(nobody).isEmpty && ends(admin).isEmpty)
    }

    /// An empty token is nobody's, and a token that names no user is nobody's too.
    @Test func noTokenIsNoRefreshEvenOfATokenThatNamesNoUser() throws {
        let server = try TallyServer(workers: 1)
        let loop = try EventLoop()
        let token = try server.token(for: claims("", id: "nameless"))
        let nameless = try RawClient(server, on: loop)
        nameless.send(#"{"id":1,"connect":{"token":"\#(token)"}}"#)
        #expect(try nameless.refusal(1) == nil)
        nameless.send(#"{"id":2,"refresh":{"token":"\#(token)"}}"#)
        #expect(try nameless.refusal(2) == nil)
        nameless.send(#"{"id":3,"refresh":{"token":""}}"#)
        #expect(try nameless.waitForClose() == 3500)
    }

    @Test func aRevokedSubscriptionTokenEndsItsSubscriptionAlsoAfterAReload() throws {
        let server = try TallyServer(
            manifest: """
                channels:
                  - match: "private:*"
                    subscribe: nobody
                    subscription_token: true
                """
        )
        let loop = try EventLoop()
        let admin = try admin(server, on: loop)
        let ana = try Viewer(server, on: loop, token: try server.token(for: claims("ana")))
        func subscribe(_ channel: String, id: String) throws {
            var claims = claims("ana", id: id)
            (claims.channel, claims.capabilities) = (channel, [])
            var request = ClientCommand.Subscribe(channel: channel)
            request.token = try server.token(for: claims)
            _ = try ana.script.call(.subscribe(request), within: Viewer.patience)
        }
        func isOver(_ channel: String) -> Bool {
            ana.script.events.contains { event in
                if case .unsubscribed(channel, _) = event { true } else { false }
            }
        }
        try subscribe("private:a", id: "a")
        try subscribe("private:b", id: "b")
        try admin.call("token.revoke", #"{"jti":"a"}"#)
        try ana.wait(for: "the first one's end") { isOver("private:a") }
        let error = #expect(throws: ScriptedClient.StepError.self) {
            try subscribe("private:a", id: "a")
        }
        #expect("\(try #require(error))".contains("109"))
        #expect(!isOver("private:b"))
        let reload = try server.run(["reload", "--data", server.folder])
        #expect(reload.status == 0, "\(reload.errors)")
        try admin.call("token.revoke", #"{"jti":"b"}"#)
        try ana.wait(for: "the second one's end") { isOver("private:b") }
        #expect(ends(ana).isEmpty)
    }

    @Test func nobodyElseMayDoIt() throws {
        let server = try TallyServer(workers: 1)
        let loop = try EventLoop()
        let moderator = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "mod", [.subscribe, .moderate, .control])
        )
        let ofEve = try Viewer(
            server,
            on: loop,
            token: try server.token(user: "boss", [.moderate], channels: "#eve")
        )
        func refusal(_ viewer: Viewer, _ method: String, _ data: String) -> String {
            do {
                try viewer.call(method, data)
                return ""
            } catch {
                return "\(error)"
            }
        }
        for data in [#"{"user":"eve"}"#, #"{"jti":"a"}"#, #"{"everyone":true}"#] {
            #expect(refusal(moderator, "token.revoke", data).contains("103"), "\(data)")
        }
        #expect(refusal(moderator, "user.disconnect", #"{"user":"eve"}"#).contains("103"))
        #expect(refusal(ofEve, "user.disconnect", #"{"user":"eve"}"#).isEmpty)
        #expect(refusal(ofEve, "token.revoke", #"{"user":"eve"}"#).isEmpty)
        #expect(refusal(ofEve, "user.disconnect", #"{"user":"bob"}"#).contains("103"))
        #expect(refusal(ofEve, "token.revoke", #"{"everyone":true}"#).contains("103"))
        #expect(refusal(ofEve, "user.disconnect", "{}").contains("107"))
    }
}
