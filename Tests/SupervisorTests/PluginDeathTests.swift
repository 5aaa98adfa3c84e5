// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hooks
import Reactor
import StatusPage
import Testing

@testable import Supervisor

/// Workers that a plugin kills, with real processes: who is named, and how it ends.
@Suite struct PluginDeathTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func plugin(_ supervisor: RunningSupervisor) -> PluginStatus? {
        (try? PluginReader.read(folder: supervisor.folder))?.first
    }

    private func logLines(_ supervisor: RunningSupervisor, _ message: String) -> [String] {
        supervisor.log.split(separator: "\n").map(String.init).filter { $0.contains(message) }
    }

    /// Waits until it is in quarantine and nobody has it any more.
    private func quarantined(_ supervisor: RunningSupervisor) async throws -> PluginStatus {
        try await supervisor.wait("the quarantine") {
            plugin(supervisor)?.entry.state == .quarantined
        }
        try await supervisor.wait("all workers to be without it") {
            supervisor.log.contains("workers replaced, without the plugins in quarantine")
                && supervisor.status?.retiring.isEmpty == true
        }
        return try #require(plugin(supervisor))
    }

    @Test(arguments: [
        ("null", "SIGSEGV", "crash_test_null"), ("libc", "SIGSEGV", "crash_test_libc"),
        ("abort", "SIGABRT", "crash_test_abort"), ("trap", "SIG", "crash_test_trap"),
        ("overflow", "SIGSEGV", "crash_test_overflow"), ("free", "SIGABRT", "crash_test_free"),
        ("exit", "exit status", ""),
    ])
    func theLogNamesPluginHookAndFunction(
        word: String,
        signal: String,
        function: String
    ) async throws {
        let supervisor = try RunningSupervisor(in: folder, worker: "plugin \(word)")
        let status = try await quarantined(supervisor)
        #expect(status.entry.deaths >= 3 && status.entry.deathLimit == 3)
        #expect(status.entry.lastDeath?.activity == .hook(.comment))
        #expect(status.entry.lastDeath?.function == function)
        let deaths = logLines(supervisor, "plugin killed a worker")
        #expect(deaths.count == status.entry.deaths)
        for line in deaths {
            #expect(line.contains("plugin=crash-test") && line.contains("hook=comment"))
            #expect(line.contains("by=\(signal)") || line.contains("by=signal \(signal)"))
            #expect(line.contains("function=\(function)"))
        }
        #expect(try await supervisor.serving().port != nil)
    }

    @Test func aThreadOfItsOwnIsNamedSo() async throws {
        let supervisor = try RunningSupervisor(in: folder, worker: "plugin thread")
        let status = try await quarantined(supervisor)
        #expect(status.entry.lastDeath?.activity == nil)
        #expect(status.entry.lastDeath?.function == "crash_test_thread")
    }

    @Test(arguments: [("loop", "crash_test_loop"), ("block", "crash_test_block")])
    func oneThatHangsSaysWhereBeforeItIsKilled(word: String, function: String) async throws {
        let supervisor = try RunningSupervisor(
            in: folder,
            worker: "plugin \(word)",
            timing: ["heartbeat=1000"]
        )
        let status = try await quarantined(supervisor)
        #expect(status.entry.lastDeath?.signal == 0)
        #expect(status.entry.lastDeath?.function == function)
        #expect(supervisor.log.contains("no heartbeat for"))
    }

    @Test func oneThatDiesOfItsMakingDoesNotKeepTheServiceDown() async throws {
        let supervisor = try RunningSupervisor(in: folder, worker: "born null")
        _ = try await supervisor.serving()
        #expect(plugin(supervisor)?.entry.state == .quarantined)
        #expect(plugin(supervisor)?.entry.lastDeath?.activity == .create)
    }

    @Test func oneThatDiesOfItsMakingAtAReloadChangesNothing() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        let before = supervisor.status?.processes.map(\.pid)
        try supervisor.writeManifest(worker: "born null")
        let answer = try await supervisor.ask(.reload)
        #expect(answer.status == 70)
        #expect(supervisor.status?.processes.map(\.pid) == before)
        #expect(logLines(supervisor, "plugin killed a worker").count == 3)
        #expect(!supervisor.log.contains("plugin quarantined"))
    }

    @Test func aReleaseGivesItAnotherChance() async throws {
        let supervisor = try RunningSupervisor(in: folder, worker: "plugin null")
        let before = try await quarantined(supervisor)
        let answer = try await supervisor.ask(.release(plugin: "crash-test"))
        // Its workers serve for a moment before it kills them again, or do not.
        #expect([0, 70].contains(answer.status))
        try await supervisor.wait("the next quarantine") {
            logLines(supervisor, "plugin quarantined").count > 1 || answer.status == 70
        }
        #expect(plugin(supervisor)?.entry.deaths ?? 0 >= before.entry.deaths)
    }

    @Test func aReleaseThatWorkersDoNotSurviveIsUndone() async throws {
        let supervisor = try RunningSupervisor(in: folder, worker: "born null")
        _ = try await supervisor.serving()
        _ = try await quarantined(supervisor)
        let answer = try await supervisor.ask(.release(plugin: "crash-test"))
        #expect(answer.status == 70)
        #expect(answer.lines.last == "crash-test stays in quarantine")
        #expect(plugin(supervisor)?.entry.state == .quarantined)
    }

    @Test func aReleaseOfWhatIsNotInQuarantineSaysSo() async throws {
        let supervisor = try RunningSupervisor(in: folder)
        _ = try await supervisor.serving()
        let unknown = try await supervisor.ask(.release(plugin: "nobody"))
        #expect(unknown.status == 64)
        #expect(unknown.lines == ["the manifest names no plugin nobody; it names none"])
        try supervisor.writeManifest(worker: "plugin none")
        _ = try await supervisor.ask(.reload)
        let active = try await supervisor.ask(.release(plugin: "crash-test"))
        #expect(active == OperatorAnswer(status: 0, lines: ["crash-test is not in quarantine"]))
    }

    @Test func quarantineSurvivesAnUpgradeAndEndsWithANewVersion() async throws {
        let supervisor = try RunningSupervisor(in: folder, worker: "plugin null")
        let before = try await quarantined(supervisor)
        #expect(try await supervisor.ask(.upgrade).status == 0)
        #expect(plugin(supervisor)?.entry.state == .quarantined)
        #expect(plugin(supervisor)?.entry.deaths == before.entry.deaths)
        #expect(try await supervisor.ask(.reload).status == 0)
        #expect(plugin(supervisor)?.entry.state == .quarantined)
        try supervisor.writeManifest(worker: "plugin none")
        #expect(try await supervisor.ask(.reload).status == 0)
        #expect(plugin(supervisor)?.entry.state == .active)
    }
}
