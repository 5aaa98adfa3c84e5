// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import StatusPage
import Testing

@testable import Supervisor

/// Reload with real processes: who replaces whom, and what a wrong manifest or a bad successor leaves.
@Suite struct ReloadTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func pids(_ supervisor: RunningSupervisor) -> [Int] {
        supervisor.status?.processes.map(\.pid) ?? []
    }

    @Test func everyWorkerHandsOverToItsSuccessor() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        let address = try await supervisor.serving()
        let before = pids(supervisor)
        #expect(
            try await supervisor.ask(.reload) == OperatorAnswer(status: 0, lines: ["reload done"])
        )
        let status = try #require(supervisor.status)
        #expect(
            status.processes.map { "\($0.identity)" } == [
                "supervisor", "hub", "worker 0", "worker 1",
            ]
        )
        #expect(status.processes.map(\.restarts) == [0, 0, 0, 0])
        // Nothing changed for the hub.
        #expect(status.processes.map(\.pid)[...1] == before[...1])
        #expect(Set(status.processes.map(\.pid)[2...]).isDisjoint(with: before))
        #expect(status.processes.allSatisfy { $0.phase == .serving })
        #expect(try await greeting(from: address).first == "worker")
        try await supervisor.wait("the old ones to end") {
            !before[2...].contains(where: isAlive) && supervisor.status?.retiring.isEmpty == true
        }
        let events = supervisor.events.filter { $0.hasPrefix("worker 0") }
        #expect(
            events == ["worker 0 handed over", "worker 0 ended", "worker 0 took over"]
                || events == ["worker 0 handed over", "worker 0 took over", "worker 0 ended"]
                || events == ["worker 0 took over", "worker 0 handed over", "worker 0 ended"]
        )
    }

    @Test func aHubWithANewConfigurationIsRestartedLast() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        let before = pids(supervisor)
        try supervisor.writeManifest(hub: "serve again")
        supervisor.signal(SIGHUP)
        try await supervisor.wait("the reload") { supervisor.log.contains("reload done") }
        #expect(Set(pids(supervisor)[1...]).isDisjoint(with: before[1...]))
        #expect(supervisor.events.last { $0.hasPrefix("hub") } == "hub ended")
        #expect(supervisor.process(.hub)?.restarts == 0)
    }

    @Test func aWrongManifestChangesNothing() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        let before = pids(supervisor)
        try "error tally.yaml:3:1: unknown key\nerror tally.yaml:4:1: too small\n"
            .write(toFile: supervisor.folder + ".manifest", atomically: true, encoding: .utf8)
        let answer = try await supervisor.ask(.reload)
        #expect(answer.status == 78)
        #expect(answer.lines.count == 3 && answer.lines[0].contains("tally.yaml:3:1"))
        #expect(answer.lines.last == "everything runs as before")
        #expect(supervisor.log.contains("tally.yaml:4:1"))
        #expect(pids(supervisor) == before)
    }

    @Test(arguments: [("successors 78", "exit status 78"), ("successors 1", "exit status 1")])
    func aSuccessorThatDiesLeavesTheOldOne(script: String, reason: String) async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        let before = pids(supervisor)
        try supervisor.writeManifest(worker: script)
        let answer = try await supervisor.ask(.reload)
        #expect(answer.status == 70)
        #expect(answer.lines.first?.contains(reason) == true)
        #expect(pids(supervisor) == before)
        // It can be put right.
        try supervisor.writeManifest()
        #expect(try await supervisor.ask(.reload).status == 0)
    }

    @Test func aSuccessorThatNeverServesIsAbandoned() async throws {
        let supervisor = try RunningSupervisor(in: folder, timing: ["successor=300"])
        _ = try await supervisor.serving()
        let before = pids(supervisor)
        try supervisor.writeManifest(worker: "silent")
        let answer = try await supervisor.ask(.reload)
        #expect(answer.status == 70)
        #expect(answer.lines.first?.contains("did not serve within") == true)
        #expect(pids(supervisor) == before)
        #expect(supervisor.status?.retiring.isEmpty == true)
    }

    @Test func aHubThatDoesNotComeUpTakesTheWorkersBack() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        try supervisor.writeManifest(workers: 3, hub: "exit 78", worker: "serve newly")
        let answer = try await supervisor.ask(.reload)
        #expect(answer.status == 70)
        #expect(answer.lines.first?.contains("hub") == true)
        try await supervisor.wait("all as before") {
            supervisor.status?.processes.count == 4
                && supervisor.status?.processes.allSatisfy { $0.phase == .serving } == true
        }
    }

    @Test func workersAndAddressesComeAndGo() async throws {
        let supervisor = try RunningSupervisor(in: folder, workers: 1)
        let first = try await supervisor.serving()
        try supervisor.writeManifest(workers: 3)
        #expect(try await supervisor.ask(.reload).status == 0)
        #expect(supervisor.status?.processes.count == 5)
        #expect(supervisor.status?.addresses == ["\(first)"])

        try supervisor.writeManifest(address: "127.0.0.2:0", workers: 2)
        #expect(try await supervisor.ask(.reload).status == 0)
        #expect(supervisor.status?.processes.count == 4)
        let second = try SocketAddress(parsing: try #require(supervisor.status?.addresses.first))
        #expect(second != first)
        #expect(try await greeting(from: second).first == "worker")
        try await supervisor.wait("the surplus worker to go") {
            supervisor.events.contains("worker 2 retired")
                && supervisor.status?.retiring.isEmpty == true
        }
        await #expect(throws: SystemError.self) { try await greeting(from: first) }
    }

    @Test func anAddressInUseIsRefused() async throws {
        let other = try RunningSupervisor(in: try TemporaryFolder())
        let taken = try await other.serving()
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        try supervisor.writeManifest(address: "\(taken)")
        let answer = try await supervisor.ask(.reload)
        #expect(answer.status == 69)
        #expect(answer.lines.first?.contains("in use") == true)
    }

    @Test func aSecondRequestIsDoneAfterTheFirst() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        let first = supervisor.begin(.reload)
        let second = supervisor.begin(.reload)
        let third = supervisor.begin(.reload)
        for task in [first, second, third] { #expect(try await task.value.status == 0) }
        let count = supervisor.log.matches(of: /reload done/).count
        // The last two may have come while the first was under way, and are one then.
        #expect((2...3).contains(count))
        #expect(supervisor.status?.processes.map(\.restarts) == [0, 0, 0, 0])
    }

    @Test func aDeafPredecessorIsKilledInTheEnd() async throws {
        // Its heartbeat would give it away in the end; the test does not wait for that.
        let supervisor = try RunningSupervisor(
            in: folder,
            workers: 1,
            timing: ["drain=300", "heartbeat=60000"]
        )
        _ = try await supervisor.serving()
        let old = try #require(supervisor.process(.worker)).pid
        try supervisor.writeManifest(workers: 1)
        kill(pid_t(old), SIGSTOP)
        // It cannot answer, and its successor waits for it.
        let answer = supervisor.begin(.reload)
        try await supervisor.wait("a successor") { supervisor.log.contains("replaces=\(old)") }
        kill(pid_t(old), SIGKILL)
        #expect(try await answer.value.status == 0)
        #expect(supervisor.events.contains("worker 0 alone"))
        #expect(supervisor.process(.worker)?.phase == .serving)
    }

    @Test func stoppingDuringAReloadStops() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        try supervisor.writeManifest(worker: "silent")
        supervisor.signal(SIGHUP)
        try await supervisor.wait("a successor") { supervisor.log.contains("replaces=") }
        supervisor.signal(SIGTERM)
        #expect(try await supervisor.exitStatus() == 0)
        #expect(supervisor.status?.processes.allSatisfy { $0.pid == 0 } == true)
    }

    @Test func whoAsksForSomethingElseIsTold() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        let path = DataFolder.operatorSocketPath(supervisor.folder)
        for text in ["explode\n", String(repeating: "x", count: 200)] {
            let socket = try Socket.connect(.unix(path: path))
            let raw = socket.relinquish()
            try Socket.sendAll(raw, Array(text.utf8), until: .now() + .seconds(10))
            var buffer = [UInt8](repeating: 0, count: 100)
            var descriptors: [Int32] = []
            let count = try? Socket.receive(
                raw,
                into: &buffer,
                descriptors: &descriptors,
                until: .now() + .seconds(10)
            )
            // One that is too long is closed on with bytes unread, which reads as a reset.
            #expect(count == (text.hasPrefix("x") ? nil : "64\nunknown request".utf8.count))
            close(raw)
        }
        #expect(try await supervisor.ask(.reload).status == 0)
    }
}
