// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import Reactor
import StatusPage

/// Becoming another program: first it is asked whether it understands what it would get, then this
/// process executes it and so keeps its id and its children.
extension Supervisor {
    func probeNewProgram() {
        guard let program else {
            return failUpgrade("nobody knows by which path this program was started; restart it")
        }
        startProbe(program, .finishUpgrade)
    }

    /// The new program's children do not come up: the old one has to have the rest of them again.
    func probeOldProgram(_ undo: RenewalUndo) {
        guard let number = previousProgramNumber else {
            return failUpgrade(undo.reason + "; the program before it is gone")
        }
        startProbe("/proc/self/fd/\(number)", .undo(undo))
    }

    func reapProbe() {
        guard let probe, let status = ChildProcess.reap(probe.pid) else { return }
        if let timer = probe.timer { loop.cancel(timer) }
        self.probe = nil
        guard status == .exited(0), !supervision.isStopping else {
            let reason = probe.reason
            return failUpgrade(
                probe.isLate
                    ? "\(probe.program) did not answer within "
                        + "\(setup.options.timing.probeTimeout)"
                    : "\(probe.program) cannot take over: it ended by \(status)"
                        + (reason.isEmpty ? "" : ": \(reason)")
            )
        }
        become(probe.program, probe.task)
    }

    // MARK: Steps

    private func startProbe(_ program: String, _ task: SupervisorState.Task) {
        do throws(SystemError) {
            let pair = try Socket.pair().relinquish()
            let ours = Descriptor(owning: pair.first)
            let theirs = Descriptor(owning: pair.second)
            let state = state(for: task, answer: theirs.raw)
            let file = try File.sealed(state.encoded(), name: "tally-state")
            let pid = try ChildProcess.spawn(
                program,
                arguments: ["tally"] + renewalOptions.arguments + ["--probe=\(file.raw)"],
                inheriting: state.descriptors + [file.raw]
            )
            // Open until here; the probe has its own copies.
            theirs.close()
            file.close()
            logger.info("probing program", metadata: ["path": "\(program)", "pid": "\(pid)"])
            let probe = Probe(pid: pid, program: program, task: task, answer: ours)
            probe.timer = loop.schedule(after: setup.options.timing.probeTimeout) {
                probe.isLate = true
                ChildProcess.signal(pid, SIGKILL)
            }
            self.probe = probe
        } catch {
            failUpgrade("\(error)")
        }
    }

    private func become(_ program: String, _ task: SupervisorState.Task) {
        let state = state(for: task, answer: nil)
        do throws(SystemError) {
            let file = try File.sealed(state.encoded(), name: "tally-state")
            logger.notice("becoming program", metadata: ["path": "\(program)"])
            let error = OwnProcess.become(
                program,
                arguments: ["tally"] + renewalOptions.arguments + ["--resume=\(file.raw)"],
                keeping: state.descriptors + [file.raw]
            )
            file.close()
            throw error
        } catch {
            failUpgrade("\(error)")
        }
    }

    private func failUpgrade(_ reason: String) {
        logger.error("upgrade abandoned", metadata: ["reason": "\(reason)"])
        if case .goBack(let undo) = errand?.task {
            logger.critical("\(Self.notUndone)")
            errand?.answer(
                OperatorAnswer(status: 70, lines: [undo.reason, reason, Self.notUndone])
            )
        } else {
            errand?.answer(OperatorAnswer(status: 70, lines: [reason, Self.undone]))
        }
        errand = nil
    }

    private var previousProgramNumber: Int32? {
        switch previousProgram {
        case .some(let descriptor): descriptor.raw
        case .none: nil
        }
    }

    private func state(for task: SupervisorState.Task, answer: Int32?) -> SupervisorState {
        SupervisorState(
            dataFolder: claim.path,
            program: program ?? "",
            task: task,
            lock: claim.lock.raw,
            statusPage: page.descriptor,
            hubListener: hubListener.raw,
            operatorListener: operators?.listener.raw ?? -1,
            hubConfiguration: setup.hubConfiguration.raw,
            workerConfiguration: setup.workerConfiguration.raw,
            ownProgram: ownProgram.raw,
            ticketSecret: ticketSecret.raw,
            answer: answer,
            addresses: setup.listeners.entries.map { entry in
                SupervisorState.Address(
                    requested: entry.requested,
                    bound: entry.bound,
                    listeners: entry.listeners.map { $0.descriptor.raw }
                )
            },
            workerCount: setup.options.workerCount,
            children: supervision.children.map { child in
                SupervisorState.Child(
                    identity: child.identity,
                    process: child.process.flatMap { processes[$0.pid] }.map { record in
                        SupervisorState.Process(
                            identity: record.identity,
                            pid: record.pid,
                            slot: record.slot,
                            control: record.controlNumber
                        )
                    },
                    startCount: startCounts[child.identity] ?? 0
                )
            },
            askers: ((errand?.askers ?? []) + nextErrands.flatMap(\.askers))
                .map { $0.descriptor.raw },
            plugins: supervision.plugins.entries
        )
    }
}
