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
        // A damaged or hostile file must not be able to run what is in its schema.
        _ = unsafe tally_enable_defensive(handle)
    }

    deinit {
        // Zombie close: waits for statements that are still alive.
        _ = unsafe sqlite3_close_v2(handle)
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
