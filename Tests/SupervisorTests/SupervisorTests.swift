// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import StatusPage
import Testing

/// The real thing: a supervisor process and its children, signalled and killed.
@Suite struct SupervisorTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func startsEveryChildAndSaysSo() async throws {
        let supervisor = try RunningSupervisor(in: folder, workers: 3)
        let address = try await supervisor.serving()
        #expect(address.port != 0)
        let status = try #require(supervisor.status)
        #expect(
            status.processes.map { "\($0.identity)" }
                == ["supervisor", "hub", "worker 0", "worker 1", "worker 2"]
        )
        #expect(status.processes.first?.pid == Int(supervisor.pid))
        #expect(status.processes.allSatisfy { $0.restarts == 0 && $0.startedAt > 0 })
        try await supervisor.wait("the log") { supervisor.log.contains("serving") }
        #expect(supervisor.log.contains("address=\(address)"))
    }

    @Test func spreadsConnectionsOverWorkers() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        let address = try await supervisor.serving()
        var seen: Set<String> = []
        for _ in 0..<200 where seen.count < 2 {
            seen.insert(try await greeting(from: address)[1])
        }
        #expect(seen == ["0", "1"])
    }

    @Test func aConnectionToADeadWorkerIsServedByItsReplacement() async throws {
        let supervisor = try RunningSupervisor(
            in: folder,
            workers: 1,
            timing: ["minimum=300"]
        )
        let address = try await supervisor.serving()
        let before = try #require(supervisor.process(.worker)).pid
        kill(pid_t(before), SIGKILL)
        try await supervisor.wait("the worker to end") { !isAlive(before) }
        let greeting = try await greeting(from: address)
        #expect(greeting.first == "worker")
        #expect(greeting.last != "\(before)")
        let after = try #require(supervisor.process(.worker))
        #expect(after.restarts == 1)
        #expect(greeting.last == "\(after.pid)")
    }

    @Test func aConnectionToADeadHubIsServedByItsReplacement() async throws {
        let supervisor = try RunningSupervisor(
            in: folder,
            workers: 1,
            timing: ["minimum=300"]
        )
        _ = try await supervisor.serving()
        let before = try #require(supervisor.process(.hub)).pid
        kill(pid_t(before), SIGKILL)
        try await supervisor.wait("the hub to end") { !isAlive(before) }
        let greeting = try await greeting(
            from: .unix(path: DataFolder.hubSocketPath(supervisor.folder))
        )
        #expect(greeting.first == "hub")
        #expect(greeting.last != "\(before)")
    }

    @Test func waitsLongerAfterEveryQuickDeath() async throws {
        let supervisor = try RunningSupervisor(
            in: folder,
            workers: 1,
            worker: "exit 1",
            timing: ["minimum=40", "maximum=200"]
        )
        try await supervisor.wait("five restarts") {
            supervisor.process(.worker)?.restarts ?? 0 >= 5
        }
        let waits = supervisor.log.matches(of: /after=([0-9.]+) seconds/).map { String($0.1) }
        #expect(waits.prefix(5) == ["0.04", "0.08", "0.16", "0.2", "0.2"])
    }

    @Test func killsAChildThatStandsStill() async throws {
        let supervisor = try RunningSupervisor(in: folder, timing: ["heartbeat=2000"])
        _ = try await supervisor.serving()
        let before = try #require(supervisor.process(.worker, 1))
        kill(pid_t(before.pid), SIGSTOP)
        try await supervisor.wait("a replacement") {
            let now = supervisor.process(.worker, 1)
            return now?.restarts == 1 && now?.phase == .serving
        }
        #expect(!isAlive(before.pid))
        #expect(supervisor.log.contains("no heartbeat"))
        #expect(supervisor.process(.worker, 0)?.restarts == 0)
    }

    @Test func killsAChildWhoseLoopHangs() async throws {
        let supervisor = try RunningSupervisor(
            in: folder,
            workers: 1,
            hub: "hang",
            timing: ["heartbeat=1000"]
        )
        try await supervisor.wait("the hub's restart") {
            supervisor.process(.hub)?.restarts ?? 0 >= 1
        }
        #expect(supervisor.log.contains("no heartbeat"))
    }

    @Test func leavesASlowStarterAlone() async throws {
        let supervisor = try RunningSupervisor(
            in: folder,
            workers: 1,
            worker: "silent",
            timing: ["start=60000", "heartbeat=300"]
        )
        // It beats, so it is only slow: nobody may kill it.
        try await supervisor.wait("the worker to beat") {
            supervisor.process(.worker)?.lastBeat != nil
        }
        #expect(supervisor.process(.worker)?.phase == .starting)
        #expect(supervisor.process(.worker)?.restarts == 0)
    }

    @Test func aKilledSupervisorLeavesNoOrphanAndNoLock() async throws {
        let supervisor = try RunningSupervisor(in: folder, workers: 3)
        let address = try await supervisor.serving()
        let children = try #require(supervisor.status).processes.dropFirst().map(\.pid)
        #expect(children.count == 4 && children.allSatisfy(isAlive))
        supervisor.signal(SIGKILL)
        try await supervisor.wait("the children to die") { !children.contains(where: isAlive) }
        #expect(supervisor.status?.isSupervisorAlive == false)

        let next = try RunningSupervisor(in: folder, address: "\(address)", workers: 1)
        #expect(try await next.serving() == address)
    }

    @Test func aStoppedChildDiesWithAKilledSupervisor() async throws {
        let supervisor = try RunningSupervisor(in: folder, workers: 1)
        _ = try await supervisor.serving()
        let worker = try #require(supervisor.process(.worker)).pid
        kill(pid_t(worker), SIGSTOP)
        supervisor.signal(SIGKILL)
        try await supervisor.wait("the worker to die") { !isAlive(worker) }
    }

    @Test func childrenInheritOnlyWhatTheyNeed() async throws {
        let supervisor = try RunningSupervisor(in: folder, workers: 3)
        _ = try await supervisor.serving()
        for identity in [ProcessIdentity(.hub), ProcessIdentity(.worker, 2)] {
            let pid = try #require(supervisor.process(identity.role, identity.index)).pid
            let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
                .compactMap {
                    try? FileManager.default.destinationOfSymbolicLink(
                        atPath: "/proc/\(pid)/fd/\($0)"
                    )
                }
            // The hub's listener; a worker's own and its control socket.
            let sockets = identity.role == .hub ? 1 : 2
            #expect(links.filter { $0.hasPrefix("socket:") }.count == sockets, "\(identity)")
            #expect(!links.contains { $0.hasSuffix("/lock") }, "\(identity)")
            #expect(!links.contains { $0.contains("configuration") }, "\(identity)")
        }
    }
}
