// SPDX-License-Identifier: Apache-2.0

import ChaosChecker
import Glibc
import Reactor
import StatusPage
import TestSupport

/// Breaks the server at random, and puts right what does not right itself.
final class Saboteur {
    private(set) var counts: [Fault: Int] = [:]
    private let server: Server
    private let recorder: Recorder
    private let faults: [Fault]
    private var generator: SeededGenerator
    /// What keeps on being broken until this moment.
    private var repairs: [(at: Duration, repair: () throws -> Void)] = []

    init(_ server: Server, recorder: Recorder, faults: [Fault], generator: SeededGenerator) {
        self.server = server
        self.recorder = recorder
        self.faults = faults
        self.generator = generator
    }

    /// How long to wait before the next fault.
    func pause() -> Duration {
        .milliseconds(Int64.random(in: 200...1_800, using: &generator))
    }

    func strike() throws {
        guard let fault = faults.randomElement(using: &generator) else { return }
        let worker = Int.random(in: 0..<Server.workerCount, using: &generator)
        let length = Duration.milliseconds(Int64.random(in: 200...1_500, using: &generator))
        // Drawn in any case: what comes later must not depend on what is broken now.
        guard repairs.isEmpty || !fault.needsRepair else { return }
        counts[fault, default: 0] += 1
        recorder.record("", fault.event(worker: worker))
        switch fault {
        case .killWorker: server.signal(SIGKILL, .worker, worker)
        case .killHub: server.signal(SIGKILL, .hub)
        case .killHubAndWorker:
            server.signal(SIGKILL, .hub)
            server.signal(SIGKILL, .worker, worker)
        case .stopWorker: server.stop(.worker, worker)
        case .stopHub: server.stop(.hub)
        case .killSupervisor:
            server.killSupervisor()
            repairs.append((recorder.now + length, { [server] in try server.startAgain() }))
        case .reload: server.signal(SIGHUP, .supervisor)
        case .killCheckpointer: server.signalCheckpointer(SIGKILL)
        case .stopCheckpointer: server.signalCheckpointer(SIGSTOP)
        case .reloadChanged:
            try server.changeManifest()
            server.signal(SIGHUP, .supervisor)
        case .reloadBad:
            try server.spoilManifest()
            server.signal(SIGHUP, .supervisor)
            repairs.append((recorder.now + length, { [server] in try server.writeManifest() }))
        case .upgrade: server.signal(SIGUSR2, .supervisor)
        case .upgradeReplaced:
            try server.replaceProgram()
            server.signal(SIGUSR2, .supervisor)
        case .upgradeBad:
            try server.spoilProgram()
            server.signal(SIGUSR2, .supervisor)
            repairs.append((recorder.now + length, { [server] in try server.replaceProgram() }))
        case .fillDisk:
            try server.disk?.fill()
            repairs.append((recorder.now + length, { [server] in server.disk?.empty() }))
        }
    }

    /// Puts right what was broken for long enough.
    func repair(all: Bool = false) throws {
        let now = recorder.now
        let due = repairs.filter { all || $0.at <= now }
        repairs.removeAll { all || $0.at <= now }
        for item in due { try item.repair() }
    }
}

extension Fault {
    /// Whether it lasts until it is put right; one of these at a time.
    fileprivate var needsRepair: Bool {
        switch self {
        case .killSupervisor, .fillDisk, .reloadBad, .upgradeBad, .reloadChanged,
            .upgradeReplaced:
            true
        default:
            false
        }
    }

    /// What the history says of it, with the workers that cannot keep their connections.
    fileprivate func event(worker: Int) -> HistoryEvent.What {
        switch self {
        case .killWorker, .stopWorker, .killHubAndWorker:
            .fault("\(rawValue) \(worker)", workers: [worker])
        case .killSupervisor:
            .fault(rawValue, workers: Set(0..<Server.workerCount))
        default:
            .fault(rawValue)
        }
    }
}
