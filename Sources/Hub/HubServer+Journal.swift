// SPDX-License-Identifier: Apache-2.0

import HubLink
import Journal
import Logging
import Reactor

/// The hub's dealings with its journal: commit, load, tidy up, and what happens when it cannot.
extension HubServer {
    /// Between two attempts to write while the disk is full.
    private static let probeInterval: Duration = .seconds(1)
    private static let upkeepInterval: Duration = .seconds(1)

    /// Keeps a turn's records; where that fails, the turn has not happened.
    func commit(_ records: [JournalRecord]) -> Bool {
        guard let journal, !records.isEmpty else { return true }
        do throws(JournalError) {
            try journal.commit(records)
            return true
        } catch {
            standStill(error)
            return false
        }
    }

    /// Brings the part of a log that the event may read and that the journal alone has.
    func loadLog(for event: HubEvent) -> Bool {
        guard let journal, let (channel, end) = core.unloadedLog(for: event),
            let limits = core.logLimits(of: channel)
        else { return true }
        do throws(JournalError) {
            core.load(try journal.entries(of: channel, before: end, limits: limits), of: channel)
            return true
        } catch {
            fail(error)
            return false
        }
    }

    /// Tidies up once a second.
    func keepUp() {
        isKeepingUp = true
        loop.schedule(after: Self.upkeepInterval) { [self] in
            if let journal, failure == nil {
                lookAfterCheckpointer(journal)
                tidy(journal)
                saveLog(journal)
            }
            reportDroppedNotices()
            keepUp()
        }
    }

    /// Says that plugins will not be told something: they take too long, or no worker has them.
    private func reportDroppedNotices() {
        let dropped = core.droppedNoticeCount
        guard dropped > 0 else { return }
        core.droppedNoticeCount = 0
        logger.warning(
            "plugins take no notices; the oldest were dropped",
            metadata: ["count": "\(dropped)"]
        )
    }

    func tidy(_ journal: Journal) {
        guard !core.isReadOnly, !journal.checkpoints.isHolding else { return }
        do throws(JournalError) {
            try journal.keepUp(now: time())
            upkeepFails = false
        } catch {
            upkeepFailed(error)
        }
    }

    func upkeepFailed(_ error: JournalError) {
        guard error.mayPass else { return fail(error) }
        guard !upkeepFails else { return }
        upkeepFails = true
        logger.warning("cannot tidy up the journal", metadata: ["error": "\(error)"])
    }

    /// Nothing can be recorded: nothing is changed until it can.
    private func standStill(_ error: JournalError) {
        guard error.mayPass else { return fail(error) }
        logger.error(
            "cannot write the journal; commands that change something are refused until it works",
            metadata: ["error": "\(error)"]
        )
        do throws(JournalError) {
            try startOver(isReadOnly: true)
        } catch {
            return fail(error)
        }
        probeLater()
    }

    private func probeLater() {
        loop.schedule(after: Self.probeInterval) { [self] in probe() }
    }

    private func probe() {
        guard let journal, failure == nil else { return }
        do throws(JournalError) {
            try journal.probe()
        } catch {
            return error.mayPass ? probeLater() : fail(error)
        }
        logger.notice("the journal can be written again")
        handle(.journalRecovered)
    }

    /// The journal cannot be trusted any more: a new hub shall say so at its start.
    private func fail(_ error: JournalError) {
        guard failure == nil else { return }
        failure = error
        loop.stop()
    }
}
