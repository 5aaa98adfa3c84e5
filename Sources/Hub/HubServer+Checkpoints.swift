// SPDX-License-Identifier: Apache-2.0

import Journal
import Logging
import Reactor

/// How the journal's write-ahead log gets into its file while the hub serves; `CheckpointPlan`
/// decides.
extension HubServer {
    /// Starts a checkpointer where there is none; called once a second, so one that cannot live costs
    /// little.
    func lookAfterCheckpointer(_ journal: Journal) {
        endedCheckpointers.removeAll { $0.isReaped() }
        guard let checkpointerProgram, checkpointer == nil, endedCheckpointers.isEmpty else {
            return
        }
        do throws(SystemError) {
            let process = try CheckpointerProcess(
                checkpointerProgram,
                dataFolder: journal.folder,
                loop: loop
            ) { [unowned self] in heard($0) }
            checkpointer = process
            journal.checkpoints.checkpointerStarted()
            logger.debug("checkpointer started", metadata: ["pid": "\(process.pid)"])
        } catch {
            logger.warning("cannot start the checkpointer", metadata: ["error": "\(error)"])
        }
    }

    /// Does what the plan says, until it wants nothing more for now.
    func saveLog(_ journal: Journal) {
        guard !core.isReadOnly, failure == nil else { return }
        while let action = journal.checkpoints.next(now: time()) {
            switch action {
            case .ask:
                checkpointer?.ask()
                if journal.checkpoints.isHolding { releaseLater() }
            case .dismiss:
                logger.warning("the checkpointer hangs, ending it")
                checkpointerEnded()
            case .save, .empty:
                do throws(JournalError) {
                    try journal.save(action, now: time())
                } catch {
                    upkeepFailed(error)
                }
            }
        }
    }

    /// The checkpointer answered; nil: it ended.
    private func heard(_ answer: CheckpointAnswer?) {
        guard let journal else { return }
        switch answer {
        case .saved(let count)?:
            journal.checkpoints.answered(savedFrameCount: count, now: time())
        case .failed?:
            journal.checkpoints.failed(now: time())
            if let error = answer?.failure(path: journal.path) { upkeepFailed(error) }
        case nil:
            logger.warning("the checkpointer ended; starting another")
            checkpointerEnded()
            journal.checkpoints.checkpointerEnded()
        }
        saveLog(journal)
        if !journal.checkpoints.isHolding { goOn() }
    }

    private func checkpointerEnded() {
        guard let process = checkpointer else { return }
        process.end()
        endedCheckpointers.append(process)
        checkpointer = nil
    }

    /// Commits wait for the checkpointer, and not for long.
    private func releaseLater() {
        if let holdEnd { loop.cancel(holdEnd) }
        holdEnd = loop.schedule(after: CheckpointPlan.maximumHold) { [self] in
            holdEnd = nil
            guard let journal else { return }
            saveLog(journal)
            goOn()
        }
    }

    /// What waited is committed at the end of this turn.
    private func goOn() {
        if let holdEnd { loop.cancel(holdEnd) }
        holdEnd = nil
        openTurn()
    }
}
