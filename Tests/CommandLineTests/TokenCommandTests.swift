// SPDX-License-Identifier: Apache-2.0

import Channels
import Foundation
import Testing
import Tokens

@Suite struct TokenCommandTests {
    private let secret = String(repeating: "0123456789abcdef", count: 4)
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(secret + "\n", to: "secret")
    }

    private func claims(_ token: some StringProtocol) throws -> Claims {
        let verifier = try TokenVerifier(secret: Array(secret.utf8))
        return try verifier.verify(
            String(token),
            nowSeconds: Int64(Date().timeIntervalSince1970)
        )
    }

    @Test func printsTheTokenAlone() throws {
        let command = try TallyCommand(
            "token",
            "--user",
            "ana",
            "--name",
            "Ana",
            "--allow",
            "sub,pub",
            "--channel",
            "live:*",
            "--ttl",
            "2h",
            "--secret-file",
            "secret",
            folder: folder
        )
        #expect(command.status == 0)
        #expect(command.lines.count == 1)
        #expect(command.errors.isEmpty)
        let claims = try claims(try #require(command.lines.first))
        #expect(claims.user == "ana" && claims.name == "Ana")
        #expect(claims.permissions(on: "live:show") == [.subscribe, .publish])
        #expect(claims.permissions(on: "news") == [])
        let expiry = try #require(claims.expiresAt)
        #expect(abs(expiry - Int64(Date().timeIntervalSince1970) - 7_200) < 60)
    }

    @Test func signsSubscriptionTokensAndTakesTheSecretFromTheEnvironment() throws {
        let command = try TallyCommand(
            "token",
            "--user",
            "ana",
            "--subscription",
            "room:1",
            folder: folder,
            variables: ["TALLY_TOKEN_SECRET": secret]
        )
        #expect(try claims(try #require(command.lines.first)).channel == "room:1")
    }

    @Test func saysHowToGetASecret() throws {
        let command = try TallyCommand("token", "--user", "a", folder: folder)
        #expect(command.status == 66)
        #expect(command.errors.contains("tally serve"))
    }

    @Test(arguments: [
        ["--allow", "everything", "--channel", "a"], ["--allow", "sub"], ["--channel", "a"],
        ["--subscription", "a", "--allow", "sub", "--channel", "a"], ["--ttl", "soon"],
    ])
    func refusesArgumentsThatDoNotMakeSense(arguments: [String]) throws {
        let command = try TallyCommand(
            ["token", "--user", "a", "--secret-file", "secret"] + arguments,
            folder: folder
        )
        #expect(command.status == 64)
    }

    @Test func refusesClaimsThatTheServerWouldRefuse() throws {
        let command = try TallyCommand(
            "token",
            "--user",
            String(repeating: "u", count: 256),
            "--secret-file",
            "secret",
            folder: folder
        )
        #expect(command.status == 64)
        #expect(command.output.isEmpty)
    }
}
