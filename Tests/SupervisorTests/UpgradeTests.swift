// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import StatusPage
import Testing

@testable import Supervisor

/// Upgrade with real processes: to a good program, and to several that are not.
@Suite struct UpgradeTests {
    private let folder: TemporaryFolder
    private let program: URL

    init() throws {
        folder = try TemporaryFolder()
        program = URL(filePath: folder.path + "/tally")
        try FileManager.default.copyItem(at: RunningSupervisor.harness, to: program)
    }

    /// Puts another program in the place of the one that runs, as an installation does.
    private func install(_ other: URL) throws {
        let new = folder.path + "/tally.new"
        try FileManager.default.copyItem(at: other, to: URL(filePath: new))
        try File.rename(new, to: program.path)
    }

    private func install(script: String) throws {
        let path = folder.path + "/script"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try install(URL(filePath: path))
    }

    private func start(timing: [String] = []) async throws -> RunningSupervisor {
        let supervisor = try RunningSupervisor(in: folder, timing: timing, program: program)
        _ = try await supervisor.serving()
        return supervisor
    }

    /// The file that a process executes: "(deleted)" behind a path means an older one.
    private func programs(_ supervisor: RunningSupervisor) -> [String] {
        (supervisor.status?.processes ?? []).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0.pid)/exe")
        }
    }

    private func pids(_ supervisor: RunningSupervisor) -> [Int] {
        supervisor.status?.processes.map(\.pid) ?? []
    }

    @Test func everyProcessRunsTheNewProgram() async throws {
        let supervisor = try await start()
        let address = try await supervisor.serving()
        let before = pids(supervisor)
        try install(RunningSupervisor.harness)
        #expect(programs(supervisor).allSatisfy { $0.hasSuffix("(deleted)") })
        #expect(
            try await supervisor.ask(.upgrade) == OperatorAnswer(status: 0, lines: ["upgrade done"])
        )
        #expect(programs(supervisor) == Array(repeating: program.path, count: 4))
        #expect(pids(supervisor)[0] == before[0])
        #expect(Set(pids(supervisor)[1...]).isDisjoint(with: before[1...]))
        #expect(supervisor.status?.processes.map(\.restarts) == [0, 0, 0, 0])
        #expect(try await supervisor.serving() == address)
        #expect(try await greeting(from: address).first == "worker")
        #expect(supervisor.events.contains("worker 1 took over"))
        let name = try String(contentsOfFile: "/proc/\(supervisor.pid)/comm", encoding: .utf8)
        #expect(name == "tally\n")
        try await supervisor.wait("the old ones to end") {
            !before[1...].contains(where: isAlive)
        }
        // And again, from the program that took over; it stops as the first one would have.
        #expect(try await supervisor.ask(.upgrade).status == 0)
        supervisor.signal(SIGTERM)
        #expect(try await supervisor.exitStatus() == 0)
        #expect(supervisor.status?.isSupervisorAlive == false)
    }

    @Test func aDeathAroundTheChangeOfProgramsIsNotMissed() async throws {
        let supervisor = try await start()
        let victim = try #require(supervisor.process(.worker, 1)).pid
        let answer = supervisor.begin(.upgrade)
        try await supervisor.wait("the probe") { supervisor.log.contains("probing program") }
        kill(pid_t(victim), SIGKILL)
        #expect(try await answer.value.status == 0)
        _ = try await supervisor.serving()
        #expect(!isAlive(victim))
    }

    @Test func aProgramThatRefusesIsNotUsed() async throws {
        let supervisor = try await start()
        let before = pids(supervisor)
        try install(URL(filePath: "/bin/false"))
        let answer = try await supervisor.ask(.upgrade)
        #expect(answer.status == 70)
        #expect(answer.lines.first?.contains("exit status 1") == true)
        #expect(answer.lines.last == "everything runs as before")
        #expect(pids(supervisor) == before)
        #expect(try await supervisor.serving().port != 0)
    }

    @Test func aProgramThatIsGoneIsNotUsed() async throws {
        let supervisor = try await start()
        try FileManager.default.removeItem(at: program)
        let answer = try await supervisor.ask(.upgrade)
        #expect(answer.status == 70)
        #expect(answer.lines.first?.contains("ENOENT") == true)
    }

    @Test func aProgramThatHangsIsNotUsed() async throws {
        let supervisor = try await start(timing: ["probe=300"])
        let before = pids(supervisor)
        try install(script: "exec sleep 1000")
        let answer = try await supervisor.ask(.upgrade)
        #expect(answer.status == 70)
        #expect(answer.lines.first?.contains("did not answer within") == true)
        #expect(pids(supervisor) == before)
    }

    @Test func aWrongManifestStopsAnUpgrade() async throws {
        let supervisor = try await start()
        let before = pids(supervisor)
        try "error line 7: no\n"
            .write(toFile: supervisor.folder + ".manifest", atomically: true, encoding: .utf8)
        let answer = try await supervisor.ask(.upgrade)
        #expect(answer.status == 70)
        #expect(answer.lines.joined().contains("line 7"))
        #expect(pids(supervisor) == before)
    }

    @Test func aProgramWhoseWorkersDoNotServeGivesWayToTheOldOne() async throws {
        let supervisor = try await start()
        let before = pids(supervisor)
        try install(RunningSupervisor.harness)
        try supervisor.writeManifest(worker: "successors 78")
        let answer = try await supervisor.ask(.upgrade)
        #expect(answer.status == 70)
        #expect(answer.lines.first?.contains("worker 0") == true)
        #expect(programs(supervisor).allSatisfy { $0.hasSuffix("(deleted)") })
        #expect(pids(supervisor) == before)
        // A later one is taken.
        try supervisor.writeManifest()
        #expect(try await supervisor.ask(.upgrade).status == 0)
        #expect(programs(supervisor) == Array(repeating: program.path, count: 4))
    }
}
