// SPDX-License-Identifier: Apache-2.0

package import Channels
import SQLite

extension Journal {
    /// Whether `keepUp` has something to do that should not wait for its timer.
    package var needsUpkeep: Bool { !upkeep.overfull.isEmpty }

    /// Removes some of what is no longer to be kept, and saves the write-ahead log where that is not
    /// another process's work.
    ///
    /// To be called between turns, at least once a second; each call's work is bounded.
    package func keepUp(now: Timestamp) throws(JournalError) {
        try inTransaction { () throws(SQLiteError) in
            try pruneOverfull(now: now)
            try pruneAged(now: now)
            try pruneDropped(now: now)
            try pruneTexts()
            try pruneAudiences()
            try pruneAnswers(now: now)
            if !changedHeads.isEmpty { try writeGathered() }
        }
        checkpoints.tick()
        guard !checkpoints.hasCheckpointer else { return }
        while let action = checkpoints.next(now: now) { try save(action, now: now) }
    }

    /// Saves the write-ahead log, and waits for the disk where it is not saved yet.
    package func save(_ action: CheckpointPlan.Action, now: Timestamp) throws(JournalError) {
        let empties = action == .empty
        guard empties || action == .save else { return }
        do throws(SQLiteError) {
            // Whoever reads the journal is not waited for: there is a next time.
            try database.execute("PRAGMA busy_timeout = 0")
            defer { try? database.execute("PRAGMA busy_timeout = \(Self.busyMilliseconds)") }
            let result = try database.checkpoint(empties: empties)
            checkpoints.saved(isEmpty: empties, isWhole: result.isWhole, now: now)
        } catch {
            checkpoints.failed(now: now)
            throw JournalError(error, path: path)
        }
    }

    private func pruneOverfull(now: Timestamp) throws(SQLiteError) {
        guard let channel = upkeep.overfull.first else { return }
        let isDone = try prune(channel, now: now)
        if isDone { upkeep.overfull.remove(channel) }
    }

    /// Looks at the next channels in turn, so that in time every one is looked at.
    private func pruneAged(now: Timestamp) throws(SQLiteError) {
        let most = JournalUpkeep.channelsPerCall
        let swept = try database.prepare(
            "SELECT id, name FROM channels WHERE id > ? ORDER BY id LIMIT \(most)"
        ).all(.integer(upkeep.sweptChannel)) { (id: $0.integer(0), name: $0.text(1)) }
        for channel in swept {
            let isDone = try prune(channel.name, now: now)
            if !isDone { upkeep.overfull.insert(channel.name) }
        }
        upkeep.sweptChannel = swept.count < most ? 0 : swept.last?.id ?? 0
    }

    /// Removes what is too old or too much of a channel; answers whether that is all.
    private func prune(_ channel: String, now: Timestamp) throws(SQLiteError) -> Bool {
        guard var head = try head(of: channel), head.count > 0 else { return true }
        let limits =
            options.retention(channel)
            ?? ChannelLog.Limits(maximumCount: 0, maximumByteCount: 0, lifetime: .zero)
        let rows = try database.prepare(
            """
            SELECT position, at, byte_count FROM publications
            WHERE channel = ? ORDER BY position LIMIT \(JournalUpkeep.rowsPerCall)
            """
        ).all(.integer(head.id)) { row in
            (offset: row.integer(0), at: row.moment(1), byteCount: row.integer(2))
        }
        let before = head
        for row in rows {
            guard let at = row.at else { throw .damaged("a publication without a time") }
            guard
                head.count > UInt64(clamping: limits.maximumCount)
                    || head.byteCount > limits.maximumByteCount || at + limits.lifetime <= now
            else { break }
            guard head.drop(through: row.offset, byteCount: row.byteCount) else {
                throw .damaged("a publication where none can be")
            }
        }
        guard head != before else { return true }
        try remove(before: Int64(bitPattern: head.oldest), of: head.id)
        heads[channel] = head
        changedHeads.insert(channel)
        return head.oldest - before.oldest < UInt64(rows.count) || head.count == 0
    }

    /// Removes a channel's publications below a position, and what they said.
    private func remove(before position: Int64, of channel: Int64) throws(SQLiteError) {
        let row = (SQLiteValue.integer(channel), SQLiteValue.integer(position))
        try database.prepare(
            """
            UPDATE texts SET json = x'' WHERE id IN (
                SELECT text FROM publications WHERE channel = ? AND position < ?
            )
            """
        ).run(row.0, row.1)
        try database.prepare(
            "DELETE FROM publications WHERE channel = ? AND position < ?"
        ).run(row.0, row.1)
    }

    /// Cuts off the emptied rows at the beginning of `texts`.
    ///
    /// A margin stays: where SQLite joins pages it moves rows of their neighbours, which must all be
    /// empty.
    private func pruneTexts() throws(SQLiteError) {
        let most = JournalUpkeep.rowsPerCall
        let ids = try database.prepare(
            "SELECT id, length(json) FROM texts WHERE id > ? ORDER BY id LIMIT \(most)"
        ).all(.integer(upkeep.emptyTexts)) { (id: $0.integer(0), isEmpty: $0.integer(1) == 0) }
        let empty = ids.prefix { $0.isEmpty }
        upkeep.emptyTexts = empty.last?.id ?? upkeep.emptyTexts
        let end = upkeep.emptyTexts - JournalUpkeep.emptyTextMargin
        guard end > upkeep.removedTexts else { return }
        try database.prepare("DELETE FROM texts WHERE id <= ?").run(.integer(end))
        upkeep.removedTexts = end
    }

    private func pruneDropped(now: Timestamp) throws(SQLiteError) {
        guard upkeep.hasDroppedChannels else { return }
        guard let id = try database.integer("SELECT id FROM dropped_channels LIMIT 1") else {
            upkeep.hasDroppedChannels = false
            return
        }
        let last = try database.prepare(
            """
            SELECT position FROM publications WHERE channel = ?
            ORDER BY position LIMIT 1 OFFSET \(JournalUpkeep.rowsPerCall)
            """
        ).first(.integer(id)) { $0.integer(0) }
        try remove(before: last ?? .max, of: id)
        guard last == nil else { return }
        try database.prepare("DELETE FROM dropped_channels WHERE id = ?").run(.integer(id))
        checkpoints.erased(now: now)
    }

    /// Removes the audiences of generations that are over.
    private func pruneAudiences() throws(SQLiteError) {
        guard upkeep.hasOldAudiences else { return }
        try database.execute(
            """
            DELETE FROM audience_gains WHERE id IN (
                SELECT id FROM audience_gains AS gain WHERE NOT EXISTS (
                    SELECT 1 FROM streams WHERE streams.id = gain.stream
                    AND streams.generation = gain.generation AND streams.state <> 'offline'
                ) LIMIT \(JournalUpkeep.rowsPerCall)
            )
            """
        )
        upkeep.hasOldAudiences = database.changeCount == JournalUpkeep.rowsPerCall
    }

    private func pruneAnswers(now: Timestamp) throws(SQLiteError) {
        for (table, window) in [
            ("answers", options.answerWindow), ("request_answers", options.requestWindow),
        ] {
            let oldest = try database.prepare(
                "SELECT id, at FROM \(table) ORDER BY id LIMIT \(JournalUpkeep.rowsPerCall)"
            ).all { (id: $0.integer(0), at: $0.moment(1)) }
            // An answer without a time goes too.
            guard let last = oldest.last(where: { $0.at.map { $0 + window <= now } ?? true })
            else { continue }
            try database.prepare("DELETE FROM \(table) WHERE id <= ?").run(.integer(last.id))
        }
        for table in ["mutes", "revocations"] {
            try database.prepare("DELETE FROM \(table) WHERE until <= ?")
                .run(.integer(now.milliseconds))
        }
    }
}
