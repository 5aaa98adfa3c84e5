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
