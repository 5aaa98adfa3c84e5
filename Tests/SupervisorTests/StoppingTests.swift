// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import StatusPage
import Testing

/// How a supervisor ends, and how it refuses to start.
@Suite struct StoppingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func drainsWorkersBeforeTheHub(signal: Int32) async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        let pids = try #require(supervisor.status).processes.map(\.pid)
        supervisor.signal(signal)
        #expect(try await supervisor.exitStatus() == 0)
        let events = supervisor.events
        #expect(events.suffix(2) == ["hub told", "hub ended"])
        #expect(Set(events.prefix(4)).count == 4)
        #expect(!pids.contains(where: isAlive))
        let left = try FileManager.default.contentsOfDirectory(atPath: supervisor.folder)
        #expect(!left.contains("hub.sock"))
        #expect(supervisor.status?.processes.allSatisfy { $0.pid == 0 } == true)
    }

    @Test func killsAWorkerThatDrainsTooLong() async throws {
        let supervisor = try RunningSupervisor(
            in: folder,
            workers: 1,
            worker: "deaf",
            timing: ["drain=300"]
        )
        _ = try await supervisor.serving()
        supervisor.signal(SIGTERM)
        #expect(try await supervisor.exitStatus() == 0)
        #expect(supervisor.log.contains("drain timeout"))
        #expect(supervisor.events == ["worker 0 told", "hub told", "hub ended"])
    }

    @Test func endsAtOnceWhenToldTwice() async throws {
        let supervisor = try RunningSupervisor(
            in: folder,
            workers: 1,
            worker: "deaf",
            timing: ["drain=3600000"]
        )
        _ = try await supervisor.serving()
        supervisor.signal(SIGTERM)
        try await supervisor.wait("the worker to be told") { !supervisor.events.isEmpty }
        supervisor.signal(SIGINT)
        #expect(try await supervisor.exitStatus() == 0)
        #expect(supervisor.log.contains("told to stop again"))
    }

    @Test func endsWithTheStatusOfAChildThatCannotStart() async throws {
        let supervisor = try RunningSupervisor(in: folder, hub: "exit 78")
        #expect(try await supervisor.exitStatus() == 78)
        #expect(supervisor.log.contains("giving up"))
    }

    @Test func refusesAPortThatAnotherOneHas() async throws {
        let first = try RunningSupervisor(in: folder)
        let address = try await first.serving()
        let second = try RunningSupervisor(in: try TemporaryFolder(), address: "\(address)")
        #expect(try await second.exitStatus() == 69)
        #expect(second.output.contains("the address \(address) is in use"))
        for _ in 0..<20 {
            #expect(try await greeting(from: address).first == "worker")
        }
    }

    @Test func refusesAFolderThatAnotherOneHas() async throws {
        let first = try RunningSupervisor(in: folder)
        _ = try await first.serving()
        let second = try RunningSupervisor(in: folder)
        #expect(try await second.exitStatus() == 69)
        #expect(second.output.contains("another Tally (process \(first.pid))"))
        #expect(first.status?.isSupervisorAlive == true)
    }

    @Test func oneOfTwoThatStartTogetherGetsThePort() async throws {
        // A free port: taken once, let go.
        let probe = try RunningSupervisor(in: folder)
        let address = try await probe.serving()
        probe.signal(SIGKILL)
        try await probe.wait("the port to be free") { probe.status?.isSupervisorAlive == false }

        let rivals = try (0..<3).map { _ in try TemporaryFolder() }
        let supervisors = try rivals.map {
            try RunningSupervisor(in: $0, address: "\(address)", workers: 1)
        }
        try await supervisors[0].wait("one to serve and two to be refused") {
            supervisors.count { $0.output.contains("is in use") } == 2
                && supervisors.count { $0.log.contains("listening") } == 1
        }
    }
}
