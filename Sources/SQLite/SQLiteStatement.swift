// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

/// A prepared statement: bind, step through its rows, use again.
///
/// Belongs to the thread and outlives no use of its database, which it keeps open.
@safe package final class SQLiteStatement {
    private let database: SQLiteDatabase
    private let text: String
    /// Finalised in `deinit` and used nowhere else than here.
    private let handle: OpaquePointer

    init(_ database: SQLiteDatabase, _ text: String) throws(SQLiteError) {
        var handle: OpaquePointer?
        // The text is copied by SQLite before the call returns.
        let code = unsafe sqlite3_prepare_v3(
            database.handle,
            text,
            -1,
            UInt32(SQLITE_PREPARE_PERSISTENT),
            &handle,
            nil
        )
        guard code == SQLITE_OK, let handle = unsafe handle else {
            throw database.error(text)
        }
        self.database = database
        self.text = text
        unsafe self.handle = handle
    }

    deinit {
        // Alive until here: nobody else holds the handle.
        unsafe sqlite3_finalize(handle)
    }

    /// Runs a statement that returns no rows.
    package func run(_ values: SQLiteValue...) throws(SQLiteError) {
        try bind(values)
        defer { reset() }
        while try step() {}
    }

    /// Calls `body` for each row; `body` ends the walk by returning false.
    package func forEachRow(
        _ values: SQLiteValue...,
        body: (SQLiteRow) throws(SQLiteError) -> Bool
    ) throws(SQLiteError) {
        try bind(values)
        defer { reset() }
        while try step() {
            guard try body(unsafe SQLiteRow(handle)) else { return }
        }
    }

    /// Every row's value; for queries whose answer is known to fit in memory.
    package func all<Value>(
        _ values: SQLiteValue...,
        read: (SQLiteRow) -> Value
    ) throws(SQLiteError) -> [Value] {
        try bind(values)
        defer { reset() }
        var rows: [Value] = []
        while try step() { rows.append(read(unsafe SQLiteRow(handle))) }
        return rows
    }

    /// The first row's value, or nil where there is no row.
    package func first<Value>(
        _ values: SQLiteValue...,
        read: (SQLiteRow) -> Value
    ) throws(SQLiteError) -> Value? {
        try bind(values)
        defer { reset() }
        return try step() ? read(unsafe SQLiteRow(handle)) : nil
    }

    private func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
        for (offset, value) in values.enumerated() {
            let code = bind(value, at: Int32(offset + 1))
            guard code == SQLITE_OK else { throw database.error(text) }
        }
    }

    /// SQLite copies texts and blobs, so they need to live no longer than each call.
    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null:
            return unsafe sqlite3_bind_null(handle, index)
        case .integer(let integer):
            return unsafe sqlite3_bind_int64(handle, index, integer)
        case .text(let text):
            let count = Int32(clamping: text.utf8.count)
            return unsafe tally_bind_text(handle, index, text, count)
        case .blob(let bytes):
            let count = Int32(clamping: bytes.count)
            return unsafe bytes.withUnsafeBytes { buffer in
                unsafe tally_bind_blob(handle, index, buffer.baseAddress, count)
            }
        }
    }

    private func step() throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw database.error(text)
        }
    }

    private func reset() {
        // Repeats the error that step has already thrown.
        _ = unsafe sqlite3_reset(handle)
        _ = unsafe sqlite3_clear_bindings(handle)
    }
}
