// SPDX-License-Identifier: Apache-2.0

import Reactor
import SQLite

/// The journal's file: made whole or not at all, and checked before anything is written to it.
package enum JournalFile {
    package static let name = "journal.db"

    package static func path(in folder: String) -> String { folder + "/" + name }

    /// Opens the journal of a folder for writing, and makes it where there is none.
    ///
    /// A journal that is refused is left as it is, its write-ahead log included.
    static func open(in folder: String) throws(JournalError) -> SQLiteDatabase {
        let path = path(in: folder)
        if try byteCount(path) == nil { try make(path) }
        return try withError(path) { () throws(SQLiteError) in
            try SQLiteDatabase(path: path, access: .readWrite)
        }
    }

    /// Opens the journal of a folder to look at it, beside the hub that writes to it.
    static func openForReading(in folder: String) throws(JournalError) -> SQLiteDatabase {
        let path = path(in: folder)
        guard try byteCount(path) != nil else {
            throw .failed(path: path, detail: "there is no such file")
        }
        return try withError(path) { () throws(SQLiteError) in
            try SQLiteDatabase(path: path, access: .readOnly)
        }
    }

    /// Refuses what is no journal, is cut off, or comes from a newer Tally; answers its version.
    static func check(_ database: SQLiteDatabase, _ path: String) throws(JournalError) -> Int64 {
        // A journal is made under another name and moved here, so an empty one was cut off.
        guard try byteCount(path) != 0 else { throw .damaged(path: path, detail: "it is empty") }
        let header: (application: Int64, version: Int64, pageSize: Int64)
        do throws(SQLiteError) {
            header = (
                try database.integer("PRAGMA application_id") ?? 0,
                try database.integer("PRAGMA user_version") ?? 0,
                try database.integer("PRAGMA page_size") ?? 0
            )
        } catch {
            if error.kind == .corrupt, error.isNotADatabase { throw .notAJournal(path: path) }
            throw JournalError(error, path: path)
        }
        guard header.application == JournalSchema.applicationID else {
            throw .notAJournal(path: path)
        }
        let known = JournalSchema.version
        guard header.version <= known else {
            throw .newerSchema(path: path, version: header.version, known: known)
        }
        guard header.version > 0 else { throw .damaged(path: path, detail: "it has no version") }
        try checkLength(path, pageSize: Int(header.pageSize))
        return header.version
    }

    static func withError<Value>(
        _ path: String,
        _ body: () throws(SQLiteError) -> Value
    ) throws(JournalError) -> Value {
        do throws(SQLiteError) {
            return try body()
        } catch {
            throw JournalError(error, path: path)
        }
    }

    static func withSystemError<Value: ~Copyable>(
        _ path: String,
        _ body: () throws(SystemError) -> Value
    ) throws(JournalError) -> Value {
        do throws(SystemError) {
            return try body()
        } catch {
            throw .failed(path: path, detail: "\(error)")
        }
    }

    /// SQLite sees that whole pages are missing, but reads a part of one as if zeros followed.
    ///
    /// While there is a write-ahead log, a page may have been cut off by a full disk; the log has
    /// it whole.
    private static func checkLength(_ path: String, pageSize: Int) throws(JournalError) {
        guard pageSize > 0, let length = try byteCount(path), length % pageSize != 0 else { return }
        guard let log = try byteCount(path + "-wal"), log > 0 else {
            throw .damaged(path: path, detail: "it ends in the middle of a page")
        }
    }

    private static func byteCount(_ path: String) throws(JournalError) -> Int? {
        try withSystemError(path) { () throws(SystemError) in try File.byteCount(at: path) }
    }

    /// Makes an empty journal beside its place and moves it there.
    ///
    /// Its name is on disk once the first commit is: SQLite then syncs the folder.
    private static func make(_ path: String) throws(JournalError) {
        let draft = path + ".new"
        try withSystemError(path) { () throws(SystemError) in
            for leftover in ["-journal", "-wal", "-shm"] { try File.remove(draft + leftover) }
            // Before SQLite makes it: readable by its owner alone, as its companions will be.
            _ = try File.open(draft, for: .replacing)
        }
        try withError(path) { () throws(SQLiteError) in
            let database = try SQLiteDatabase(path: draft, access: .readWrite)
            try database.execute("PRAGMA page_size = 4096")
            try database.execute("PRAGMA synchronous = FULL")
            try migrate(database, from: 0)
            try database.execute("PRAGMA application_id = \(JournalSchema.applicationID)")
        }
        try withSystemError(path) { () throws(SystemError) in try File.rename(draft, to: path) }
    }

    /// Brings a journal to the current version, all the way or not at all.
    static func migrate(_ database: SQLiteDatabase, from version: Int64) throws(SQLiteError) {
        guard version < JournalSchema.version else { return }
        try database.execute("BEGIN IMMEDIATE")
        for migration in JournalSchema.migrations[Int(version)...] {
            try database.execute(migration)
        }
        try database.execute("PRAGMA user_version = \(JournalSchema.version)")
        try database.execute("COMMIT")
    }
}
