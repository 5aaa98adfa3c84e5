// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct ServeCommandTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    @Test func saysWhereAWrongManifestIsWrongAndStartsNothing() throws {
        try folder.write("workers: 2\nclient:\n  ping_intervall: 5s\nlisten: here\n", to: "t.yaml")
        let command = try TallyCommand("serve", "--config", "t.yaml", folder: folder)
        #expect(command.status == 78)
        #expect(command.errors.contains("t.yaml:3:3: unknown key \"ping_intervall\" in client; "))
        #expect(command.errors.contains("did you mean \"ping_interval\"?"))
        #expect(command.errors.contains("t.yaml:4:9: listen: expected ADDRESS:PORT"))
        #expect(!folder.contains("data"))
    }

    @Test func checksARightManifestAndStartsNothing() throws {
        try folder.write("workers: 2\n", to: "t.yaml")
        let command = try TallyCommand("serve", "--config", "t.yaml", "--check", folder: folder)
        #expect(command.status == 0)
        #expect(!folder.contains("data"))
    }

    @Test func aCheckFindsWhatServingWouldRefuse() throws {
        for (manifest, problem) in [
            ("user: nobody-of-that-name\n", "there is no user nobody-of-that-name"),
            ("listen: [\"no-such-host.invalid:8000\"]\n", "listen: "),
            ("tokens:\n  public_key_files: [missing.pem]\n", "missing.pem"),
        ] {
            try folder.write(manifest, to: "t.yaml")
            let command = try TallyCommand("serve", "--config", "t.yaml", "--check", folder: folder)
            #expect(command.status == 78, "\(manifest)\(command.errors)")
            #expect(command.errors.contains(problem), "\(command.errors)")
        }
        #expect(!folder.contains("data"))
    }

    @Test func refusesAWrongFlagOrVariableAsConfiguration() throws {
        let flag = try TallyCommand("serve", "--workers", "many", "--check", folder: folder)
        #expect(flag.status == 78)
        #expect(flag.errors.contains("--workers: expected a whole number"))
        let variable = try TallyCommand(
            "serve",
            "--check",
            folder: folder,
            variables: ["TALLY_CLIENT_PING_INTERVAL": "soon"]
        )
        #expect(variable.status == 78)
        #expect(variable.errors.contains("environment variable TALLY_CLIENT_PING_INTERVAL: "))
    }

    @Test func warnsOfAMisspeltVariable() throws {
        let command = try TallyCommand(
            "serve",
            "--check",
            folder: folder,
            variables: ["TALLY_WORKER": "2"]
        )
        #expect(command.status == 0)
        #expect(command.errors.contains("TALLY_WORKER means nothing"))
    }

    @Test func refusesAMissingManifest() throws {
        let command = try TallyCommand("serve", "--config", "none.yaml", folder: folder)
        #expect(command.status == 78)
        #expect(command.errors.contains("none.yaml"))
    }

    @Test func refusesASecretThatIsTooShortOrOpenToOthers() throws {
        let short = try TallyCommand(
            "serve",
            "--check",
            folder: folder,
            variables: ["TALLY_TOKEN_SECRET": "hunter2"]
        )
        #expect(short.status == 78)
        #expect(!short.errors.contains("hunter2"))
        try folder.write(String(repeating: "s", count: 32), to: "secret", mode: 0o622)
        try folder.write("tokens: {secret_file: secret}", to: "t.yaml")
        let open = try TallyCommand("serve", "--config", "t.yaml", "--check", folder: folder)
        #expect(open.status == 77)
        #expect(open.errors.contains("chmod 600"))
    }

    @Test func takesASecretBehindASymbolicLink() throws {
        try folder.write(String(repeating: "s", count: 32), to: "secret", mode: 0o600)
        try FileManager.default.createSymbolicLink(
            atPath: folder.url.appending(path: "link").path(),
            withDestinationPath: "secret"
        )
        try folder.write("tokens: {secret_file: link}", to: "t.yaml")
        let command = try TallyCommand("serve", "--config", "t.yaml", "--check", folder: folder)
        #expect(command.status == 0)
        #expect(!command.errors.contains("chmod"))
    }

    @Test func makesNoSecretInAFolderThatOthersMayWrite() throws {
        let open = folder.url.appending(path: "open").path()
        try FileManager.default.createDirectory(atPath: open, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
        let command = try TallyCommand(
            "serve",
            "--data",
            "open",
            "--listen",
            "127.0.0.1:0",
            folder: folder
        )
        #expect(command.status == 77)
        #expect(!folder.contains("open/token.secret"))
    }

    @Test func saysThatAManifestIsAFolder() throws {
        let command = try TallyCommand("serve", "--config", ".", "--check", folder: folder)
        #expect(command.status == 78)
        #expect(command.errors.contains("Is a directory"))
    }

    @Test func refusesUnknownOptionsAsUsage() throws {
        #expect(try TallyCommand("serve", "--port", "1", folder: folder).status == 64)
        #expect(try TallyCommand("serv", folder: folder).status == 64)
    }

    @Test(arguments: ["hub", "worker"])
    func refusesARoleStartedByHand(role: String) throws {
        let command = try TallyCommand(role, folder: folder)
        #expect(command.status == 64)
        #expect(command.errors.contains("do not start it by hand"))
    }
}
