// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What operators do about users and tokens, with the real server.
@Suite struct RevocationCommandTests {
    @Test func endsAUsersConnectionsAndTakesItsTokensAway() throws {
        let server = try RunningServer()
        let signed = try server.run(
            "token",
            "--user",
            "eve",
            "--jti",
            "t-1",
            "--allow",
            "sub",
            "--channel",
            "live:*",
            "--data",
            "data"
        )
        let token = String(try #require(signed.lines.first))
        _ = try server.run("stream", "start", "show")
        let watch = try RunningCommand("watch", "show", "--token", token, folder: server.folder)
        try server.wait { watch.output.contains("viewers") }

        let nobody = try server.run("user", "disconnect", "nobody")
        #expect(nobody.output == "0 connections ended.\n")
        let ended = try server.run("user", "disconnect", "eve", "--reason", "enough")
        #expect(ended.status == 0)
        #expect(ended.output == "1 connection ended.\n")
        try server.wait { !watch.isRunning }

        let again = try server.run("rpc", "live.get", #"{"stream":"show"}"#, "--token", token)
        #expect(again.status == 0)
        let revoked = try server.run("token", "revoke", "--jti", "t-1", "--expire-within", "1h")
        #expect(revoked.status == 0, "\(revoked.errors)")
        let late = try server.run("rpc", "live.get", #"{"stream":"show"}"#, "--token", token)
        #expect(late.status == 77)
        #expect(late.errors.contains("revoked"))
        let everyone = try server.run("token", "revoke", "--everyone", "--json")
        #expect(everyone.output.contains(#""until":"#), "\(everyone.errors)")
        #expect(try server.terminate() == 0)
        #expect(!server.log.contains(token))
    }

    @Test func saysWhatIsWrongWithTheCommand() throws {
        let folder = try TestFolder()
        for arguments in [
            ["token", "revoke"], ["token", "revoke", "--sub", "ana", "--everyone"],
            ["token", "revoke", "--jti", "a", "--issued-before", "7"], ["user", "disconnect"],
        ] {
            #expect(try TallyCommand(arguments, folder: folder).status == 64, "\(arguments)")
        }
        let unreachable = try TallyCommand(
            ["user", "disconnect", "ana", "--url", "ws://127.0.0.1:1"],
            folder: folder
        )
        #expect(unreachable.status == 69)
        let nowhere = try TallyCommand(
            ["user", "disconnect", "ana", "--data", "nowhere"],
            folder: folder
        )
        #expect(nowhere.status == 69)
        #expect(nowhere.errors.contains("no Tally has served from nowhere"))
    }
}
