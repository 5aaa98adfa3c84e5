// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

/// One connection to a database file, used by one thread.
@safe package final class SQLiteDatabase {
    package enum Access: Hashable, Sendable {
        case readOnly
        case readWrite
        case create
    }

    /// Closed in `deinit`; statements keep their database alive.
    let handle: OpaquePointer
    /// Where SQLite notes the length of the write-ahead log; −1 when it was looked at since.
    private let logLength: UnsafeMutablePointer<Int32>

    package init(path: String, access: Access) throws(SQLiteError) {
        var handle: OpaquePointer?
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        switch access {
        case .readOnly: flags |= SQLITE_OPEN_READONLY
        case .readWrite: flags |= SQLITE_OPEN_READWRITE
        case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        }
        let code = unsafe sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle = unsafe handle else {
            let message = unsafe String(cString: sqlite3_errstr(code))
            // A failed open leaves a handle to be closed (sqlite3_open_v2).
            _ = unsafe sqlite3_close_v2(handle)
            throw SQLiteError(operation: "open \(path)", extendedCode: code, message: message)
        }
        unsafe self.handle = handle
        unsafe logLength = .allocate(capacity: 1)
        unsafe logLength.initialize(to: -1)
        // A damaged or hostile file must not be able to run what is in its schema.
        _ = unsafe tally_enable_defensive(handle)
    }

    deinit {
        // No statement is left, each of which keeps its database alive: it closes at once, and
        // nobody writes to the length any more.
        _ = unsafe sqlite3_close_v2(handle)
        unsafe logLength.deallocate()
    }

    package func prepare(_ text: String) throws(SQLiteError) -> SQLiteStatement {
        try SQLiteStatement(self, text)
    }

    /// Runs one or more statements without parameters or rows.
    package func execute(_ text: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, text, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(text) }
    }

    /// The single integer that a pragma or query answers; nil where it has no row.
    package func integer(_ text: String) throws(SQLiteError) -> Int64? {
        try prepare(text).first { $0.integer(0) }
    }

    /// Whether the file may not be written, whatever was asked for at the opening.
    package var isReadOnly: Bool {
        // Asked of the main database, which every connection has.
        unsafe sqlite3_db_readonly(handle, "main") == 1
    }

    package var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// Whether closing moves the write-ahead log into the file and removes it, as is usual.
    package func setCheckpointsOnClose(_ checkpoints: Bool) {
        _ = unsafe tally_set_checkpoint_on_close(handle, checkpoints ? 1 : 0)
    }

    /// Notes from now on how long the write-ahead log is; checkpoints do not run by themselves then.
    package func watchLogLength() {
        // Lives as long as the connection.
        unsafe tally_watch_log_length(handle, logLength)
    }

    /// Frames that the write-ahead log has after the last commit; nil: nothing was written since this
    /// was asked.
    package func takeLogFrameCount() -> Int? {
        // Allocated in `init`; SQLite writes to it only inside calls of this thread.
        defer { unsafe logLength.pointee = -1 }
        let count = unsafe logLength.pointee
        return count < 0 ? nil : Int(count)
    }

    /// What a checkpoint came to (`PRAGMA wal_checkpoint`).
    package struct Checkpoint: Hashable, Sendable {
        /// Whether somebody was in the way.
        package let isBusy: Bool
        /// Frames in the write-ahead log, and how many of them are in the file; −1: there is no log.
        package let frameCount: Int
        package let savedFrameCount: Int

        package init(isBusy: Bool, frameCount: Int, savedFrameCount: Int) {
            self.isBusy = isBusy
            self.frameCount = frameCount
            self.savedFrameCount = savedFrameCount
        }

        /// Whether all of the log is in the file.
        package var isWhole: Bool { !isBusy && savedFrameCount >= frameCount }
    }

    /// Saves the write-ahead log into the file without waiting for anybody (sqlite.org/wal.html).
    ///
    /// `empties`: the log's file is emptied too, unless somebody reads from it.
    package func checkpoint(empties: Bool) throws(SQLiteError) -> Checkpoint {
        let statement = try prepare("PRAGMA wal_checkpoint(\(empties ? "TRUNCATE" : "PASSIVE"))")
        let result = try statement.first { row in
            Checkpoint(
                isBusy: row.integer(0) != 0,
                frameCount: Int(row.integer(1)),
                savedFrameCount: Int(row.integer(2))
            )
        }
        return result ?? Checkpoint(isBusy: true, frameCount: 0, savedFrameCount: 0)
    }

    /// Rows that the last statement changed.
    package var changeCount: Int64 { unsafe sqlite3_changes64(handle) }

    func error(_ operation: String) -> SQLiteError {
        unsafe SQLiteError(
            operation: operation,
            extendedCode: sqlite3_extended_errcode(handle),
            message: String(cString: sqlite3_errmsg(handle))
        )
    }
}
