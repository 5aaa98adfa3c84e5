// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct StreamCommandTests {
    private func object(_ command: TallyCommand) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(command.output.utf8)) as? [String: Any]
        )
    }

    @Test func drivesAStreamFromStartToStop() throws {
        let server = try RunningServer()
        let started = try server.run(
            "stream",
            "start",
            "show",
            "--title",
            "Morning",
            "--meta",
            "{\"a\": 1}",
            "--json"
        )
        #expect(started.status == 0)
        #expect(try object(started)["state"] as? String == "live")
        // It was started with `keep`: no broadcaster is connected, and it is live.
        #expect(
            try object(server.run("stream", "show", "show", "--json"))["state"] as? String == "live"
        )
        #expect(try server.run("stream", "start", "show").status == 1)
        #expect(try server.run("stream", "update", "show", "--title", "Noon").status == 0)
        let said = try server.run("say", "show", "hello", "--user", "ana", "--json")
        #expect(try object(said)["id"] is String)
        #expect(try server.run("stream", "list").output.contains("Noon"))
        let stopped = try object(server.run("stream", "stop", "show", "--json"))
        #expect((stopped["totals"] as? [String: Any])?["comments"] as? Int == 1)
        let late = try server.run("say", "show", "too late")
        #expect(late.status == 1)
        #expect(late.errors.contains("tally stream start"))
        #expect(try server.terminate() == 0)
        #expect(!server.log.contains("hello"))
    }

    @Test func bringsATokenThatTheManifestDemands() throws {
        let server = try RunningServer(
            workers: 1,
            manifest: "tokens:\n  issuer: https://a.example\n  audience: live\n"
        )
        let plain = try server.run("stream", "start", "show")
        #expect(plain.status == 77)
        #expect(plain.errors.contains("--issuer"), "\(plain.errors)")
        let options = ["--issuer", "https://a.example", "--audience", "live"]
        let named = try TallyCommand(["stream", "start", "show"] + options, folder: server.folder)
        #expect(named.status == 0, "\(named.errors)")
        let variables = [
            "TALLY_TOKENS_ISSUER": "https://a.example", "TALLY_TOKENS_AUDIENCE": "live",
        ]
        let told = try TallyCommand("stream", "list", folder: server.folder, variables: variables)
        #expect(told.status == 0, "\(told.errors)")
    }

    @Test func takesAListenerThatItCanUse() throws {
        let manifest = "proxies:\n  trusted: [127.0.0.1]\n"
        let both = try RunningServer(
            workers: 1,
            manifest: manifest,
            listen: ["127.0.0.1:0 proxy_protocol", "unix:tally.sock"]
        )
        let found = try both.run("stream", "list")
        #expect(found.status == 0, "\(found.errors)")
        let one = try RunningServer(
            workers: 1,
            manifest: manifest,
            listen: ["127.0.0.1:0 proxy_protocol"]
        )
        let none = try one.run("stream", "list")
        #expect(none.status == 78)
        #expect(none.errors.contains("listens nowhere"), "\(none.errors)")
    }

    @Test func watchShowsWhatHappensUntilInterrupted() throws {
        let server = try RunningServer()
        _ = try server.run("stream", "start", "show")
        let watch = try RunningCommand("watch", "show", folder: server.folder)
        try server.wait { watch.output.contains("viewers") }
        _ = try server.run("say", "show", "first \u{1F600}", "--user", "ana")
        try server.wait { watch.output.contains("ana: first \u{1F600}") }
        // Its worker dies: it comes back and misses nothing.
        let isItsWorker = { (process: RunningServer.ProcessEntry) in
            process.role == "worker" && process.connections > 0
        }
        try server.wait { try server.processes().contains(where: isItsWorker) }
        let worker = try #require(try server.processes().first(where: isItsWorker))
        kill(worker.pid, SIGKILL)
        _ = try server.run("say", "show", "second", "--user", "bo")
        try server.wait { watch.output.contains("bo: second") }
        #expect(watch.output.components(separatedBy: "ana: first").count == 2)
        watch.interrupt()
        try server.wait { !watch.isRunning }
        #expect(watch.exitStatus == 0)
        try server.wait {
            try server.processes().contains {
                $0.role == "worker" && $0.index == worker.index && $0.restarts == 1
            }
        }
    }

    @Test func attachedBroadcasterStopsTheStreamWithCtrlC() throws {
        let server = try RunningServer(workers: 1)
        let broadcaster = try RunningCommand(
            "stream",
            "start",
            "show",
            "--attached",
            "--json",
            folder: server.folder
        )
        try server.wait { broadcaster.output.contains("live") }
        broadcaster.interrupt()
        try server.wait { !broadcaster.isRunning }
        #expect(broadcaster.exitStatus == 0)
        #expect(
            try object(server.run("stream", "show", "show", "--json"))["state"] as? String
                == "offline"
        )
    }

    @Test func lookingAtAnInterruptedStreamDoesNotResumeIt() throws {
        let server = try RunningServer(workers: 1)
        let broadcaster = try RunningCommand(
            "stream",
            "start",
            "show",
            "--attached",
            folder: server.folder
        )
        try server.wait { broadcaster.output.contains("live") }
        broadcaster.terminate()
        try server.wait { !broadcaster.isRunning }
        let watch = try RunningCommand("watch", "show", folder: server.folder)
        try server.wait { watch.output.contains("-- interrupted") }
        let list = try server.run("stream", "list", "--json")
        #expect(list.output.contains("\"interrupted\""))
        let shown = try object(server.run("stream", "show", "show", "--json"))
        #expect(shown["state"] as? String == "interrupted")
        #expect(!watch.output.contains("-- resumed"))
    }

    @Test func saysWhatToDoWithoutAServer() throws {
        let folder = try TestFolder()
        let command = try TallyCommand(
            "say",
            "show",
            "hi",
            "--url",
            "ws://127.0.0.1:1",
            folder: folder
        )
        #expect(command.status == 69)
        #expect(command.errors.contains("tally serve"))
        #expect(try TallyCommand("status", folder: folder).status == 69)
        let watch = try TallyCommand("watch", "show", "--url", "ws://127.0.0.1:1", folder: folder)
        #expect(watch.status == 69)
    }

    @Test func mayNotWithoutAToken() throws {
        let server = try RunningServer(workers: 1)
        let elsewhere = try TestFolder()
        let status = try object(server.run("status", "--json"))
        let address = try #require((status["listen"] as? [String])?.first)
        let command = try TallyCommand(
            "stream",
            "start",
            "show",
            "--url",
            "ws://" + address,
            folder: elsewhere
        )
        #expect(command.status == 77)
        #expect(command.errors.contains("--token"))
        let invalid = try TallyCommand(
            "stream",
            "list",
            "--token",
            "x.y.z",
            "--url",
            "ws://" + address,
            folder: elsewhere
        )
        #expect(invalid.status == 77)
    }
}
