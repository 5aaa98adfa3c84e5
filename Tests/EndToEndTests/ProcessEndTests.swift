// SPDX-License-Identifier: Apache-2.0

import Client
import Foundation
import Reactor
import StatusPage
import Testing

/// How the processes end, and that none outlives its purpose.
@Suite(.serialized) struct ProcessEndTests {
    @Test func termSendsClientsAwayWithShutdownAndExitsCleanly() throws {
        let server = try TallyServer()
        let loop = try EventLoop()
        let viewer = try Viewer(server, on: loop, watching: "show")
        let children = try server.status().processes.map { Int32($0.pid) }
        kill(server.pid, SIGTERM)
        let disconnection = try viewer.script.waitForEvent(
            "the close frame",
            within: Viewer.patience
        ) { event in
            if case .disconnected(let disconnection) = event { disconnection } else { nil }
        }
        #expect(disconnection.cause == .closed(code: 3001, reason: "shutdown"))
        #expect(server.end(by: 0) == 0)
        for child in children { #expect(kill(child, 0) == -1 && errno == ESRCH) }
    }

    @Test func noProcessOutlivesAKilledSupervisor() throws {
        let server = try TallyServer()
        let children = try server.status().processes.map { Int32($0.pid) }
        #expect(server.end(by: SIGKILL) == -SIGKILL)
        let deadline = MonotonicTime.now() + Viewer.patience
        while children.contains(where: TallyServer.isAlive) {
            try #require(MonotonicTime.now() < deadline, "a child outlived its supervisor")
            usleep(10_000)
        }
    }

    @Test func aSecondServerOnTheSamePortSaysSo() throws {
        let server = try TallyServer(workers: 1)
        let address = try #require(try server.status().addresses.first)
        let other = server.folder + "-second"
        defer { try? FileManager.default.removeItem(atPath: other) }
        let result = try server.run(
            ["serve", "--listen", address, "--workers", "1", "--data", other]
        )
        #expect(result.status == 69)
        #expect(result.errors.contains("\(address) is in use"))
    }

    @Test func aSecondServerOnTheSameFolderSaysSo() throws {
        let server = try TallyServer(workers: 1)
        let result = try server.run(
            ["serve", "--listen", "127.0.0.1:0", "--workers", "1", "--data", server.folder]
        )
        #expect(result.status == 69)
        #expect(result.errors.contains(server.folder))
    }

    @Test func aWrongManifestNamesFileLineAndColumnAndStartsNothing() throws {
        let server = try TallyServer(workers: 1)
        let path = server.folder + "/wrong.yaml"
        try "workres: 3\n".write(toFile: path, atomically: true, encoding: .utf8)
        let result = try server.run(["serve", "--config", path])
        #expect(result.status == 78)
        #expect(result.errors.contains("\(path):1:1"))
        #expect(result.errors.contains("workers"))
    }
}
