// SPDX-License-Identifier: Apache-2.0

import Channels
import Reactor
import SQLite

/// What outlives the hub: its records, folded into tables of one SQLite database.
///
/// It keeps what holds, not what happened: so it starts by reading what holds now, however long it
/// has been written to. One hub writes; `JournalReader` may look meanwhile. The extensions have a
/// topic each: +Write, +Restore, +Upkeep.
package final class Journal {
    package let folder: String
    package let path: String
    let options: JournalOptions
    let database: SQLiteDatabase
    let statements: JournalStatements
    /// The lock on `journal.lock`: held until this process ends, so that no second hub writes.
    private let lock: Descriptor

    /// The channels that were written to or looked up, as the open transaction will leave them.
    var heads: [String: ChannelHead] = [:]
    /// Of `heads`, those that the open transaction has changed.
    var changedHeads: Set<String> = []
    /// Comments of the open transaction that their streams' rows do not count yet.
    var newComments: [StreamGeneration: Int64] = [:]
    /// The newest moment of a record.
    var time: Timestamp
    private var committedTime: Timestamp
    var lastText: Int64
    var lastAnswer: Int64
    var lastRequestAnswer: Int64
    var upkeep = JournalUpkeep()
    /// Who saves the write-ahead log, and when; see `HubServer`.
    package var checkpoints = CheckpointPlan()

    /// Opens the journal of a data folder, and makes it where there is none.
    package init(folder: String, options: JournalOptions) throws(JournalError) {
        let path = JournalFile.path(in: folder)
        self.folder = folder
        self.path = path
        self.options = options
        lock = try Self.takeLock(folder, path)
        let database = try JournalFile.open(in: folder)
        // Until it is known to be ours, closing it must change nothing.
        database.setCheckpointsOnClose(false)
        let version = try JournalFile.check(database, path)
        guard !database.isReadOnly else { throw .notWritable(path: path) }
        let opened: (JournalStatements, time: Int64, text: Int64, answer: Int64, request: Int64)
        do throws(SQLiteError) {
            try Self.configure(database, options)
            try JournalFile.migrate(database, from: version)
            opened = (
                try JournalStatements(database),
                try database.integer("SELECT value FROM node WHERE name = 'time'") ?? 0,
                try database.integer("SELECT max(id) FROM texts") ?? 0,
                try database.integer("SELECT max(id) FROM answers") ?? 0,
                try database.integer("SELECT max(id) FROM request_answers") ?? 0
            )
        } catch {
            // A table that is missing is as much damage as a page that is.
            if error.kind == .other {
                throw .damaged(path: path, detail: error.message)
            }
            throw JournalError(error, path: path)
        }
        self.database = database
        statements = opened.0
        guard SQLiteRow.amounts.contains(opened.time) else {
            throw .damaged(path: path, detail: "its time is none")
        }
        time = Timestamp(milliseconds: opened.time)
        committedTime = time
        lastText = opened.text
        lastAnswer = opened.answer
        lastRequestAnswer = opened.request
        database.setCheckpointsOnClose(true)
    }

    /// Keeps the records of one loop turn, all or none.
    ///
    /// When it returns they survive what `JournalOptions.sync` says; when it throws, none of them
    /// was kept.
    package func commit(_ records: [JournalRecord]) throws(JournalError) {
        guard !records.isEmpty else { return }
        try inTransaction { () throws(SQLiteError) in
            for record in records { try write(record) }
            try writeGathered()
        }
    }

    /// Sees whether a commit would succeed, while it did not.
    package func probe() throws(JournalError) {
        let time = time
        try inTransaction { () throws(SQLiteError) in
            try statements.setNode.run(.text("time"), .integer(time.milliseconds))
        }
    }

    func inTransaction(
        _ body: () throws(SQLiteError) -> Void
    ) throws(JournalError) {
        do throws(SQLiteError) {
            try statements.begin.run()
            try body()
            try statements.commit.run()
            committedTime = time
            if let count = database.takeLogFrameCount() {
                checkpoints.committed(frameCount: count)
            }
        } catch {
            abandon()
            throw JournalError(error, path: path)
        }
    }

    /// Goes back to what was committed last.
    private func abandon() {
        // Some errors have rolled back by themselves (sqlite.org/lang_transaction.html).
        if database.isInTransaction { try? database.execute("ROLLBACK") }
        heads = [:]
        changedHeads = []
        newComments = [:]
        time = committedTime
    }

    private static func takeLock(
        _ folder: String,
        _ path: String
    ) throws(JournalError) -> Descriptor {
        // Not on the journal itself: SQLite's own locks on it end when any descriptor of it closes.
        let lock = try JournalFile.withSystemError(path) { () throws(SystemError) in
            try File.open(folder + "/journal.lock", for: .updating)
        }
        let isFree = try JournalFile.withSystemError(path) { () throws(SystemError) in
            try File.lock(lock)
        }
        guard isFree else { throw .inUse(path: path) }
        return lock
    }

    /// How long a commit waits for somebody who is in the way.
    static let busyMilliseconds = 1_000

    private static func configure(
        _ database: SQLiteDatabase,
        _ options: JournalOptions
    ) throws(SQLiteError) {
        // A reader of `tally journal` may be in the way for a moment, never for long.
        try database.execute("PRAGMA busy_timeout = \(busyMilliseconds)")
        // The first that writes, if the journal was moved here by hand in another mode.
        try database.execute("PRAGMA journal_mode = WAL")
        // In WAL mode NORMAL syncs at checkpoints alone: a loss of power may take the last commits,
        // and never damages the file, as OFF would. FULL syncs every commit.
        try database.execute("PRAGMA synchronous = \(options.sync == .power ? "FULL" : "NORMAL")")
        // Checkpoints are another process's work, and never run inside a commit.
        try database.execute("PRAGMA wal_autocheckpoint = 0")
        database.watchLogLength()
        try database.execute("PRAGMA journal_size_limit = \(JournalUpkeep.keptLogByteCount)")
        // A deleted comment's text is overwritten, not just unlinked.
        try database.execute("PRAGMA secure_delete = ON")
        try database.execute("PRAGMA cell_size_check = ON")
        try database.execute("PRAGMA trusted_schema = OFF")
        // Reads through a mapping would turn a failing disk into SIGBUS.
        try database.execute("PRAGMA mmap_size = 0")
        try database.execute("PRAGMA cache_size = -16384")
        try database.execute("PRAGMA temp_store = MEMORY")
        if let most = options.maximumPageCount {
            try database.execute("PRAGMA max_page_count = \(most)")
        }
    }
}
