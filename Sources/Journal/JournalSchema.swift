// SPDX-License-Identifier: Apache-2.0

/// The journal's tables, and how an older journal becomes a current one.
enum JournalSchema {
    /// "Taly" in the file's header (PRAGMA application_id), so that no other database is taken for a
    /// journal.
    static let applicationID: Int64 = 0x5461_6C79

    /// `PRAGMA user_version` of a current journal: how many migrations it has seen.
    static var version: Int64 { Int64(migrations.count) }

    /// Each takes a journal from the version of its index to the next; they are never changed.
    static let migrations = [first, second, third]

    /// Unsigned 64-bit numbers are kept as the signed ones of the same bits.
    ///
    /// `author` is a text for
    /// a user, 16 bytes for an anonymous client. Ids of channels are never given twice, so that the
    /// rows of a dropped channel can go little by little.
    ///
    /// `texts` is only ever appended to, emptied in place, and cut off at its beginning, so that no
    /// row of it moves to another page: a row that moves leaves a copy in the page that it left,
    /// which SQLite overwrites when it is used again, and not when the row is deleted
    /// (secure_delete does not know of it). A deleted comment is to be gone.
    private static let first = """
        CREATE TABLE node (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE channels (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            epoch TEXT NOT NULL,
            top INTEGER NOT NULL,
            oldest INTEGER NOT NULL,
            byte_count INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE publications (
            channel INTEGER NOT NULL,
            position INTEGER NOT NULL,
            at INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            author ANY,
            generation INTEGER,
            text INTEGER NOT NULL,
            byte_count INTEGER NOT NULL,
            PRIMARY KEY (channel, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE texts (
            id INTEGER PRIMARY KEY,
            json BLOB NOT NULL
        ) STRICT;
        CREATE TABLE dropped_channels (
            id INTEGER PRIMARY KEY
        ) STRICT;
        CREATE TABLE latest_values (
            channel TEXT PRIMARY KEY,
            at INTEGER NOT NULL,
            json BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE streams (
            id TEXT PRIMARY KEY,
            state TEXT NOT NULL,
            generation INTEGER NOT NULL,
            keeps_alive INTEGER NOT NULL,
            interrupted_at INTEGER,
            title TEXT NOT NULL,
            meta BLOB NOT NULL,
            started_at INTEGER,
            ended_at INTEGER,
            slow_seconds INTEGER NOT NULL,
            comment_count INTEGER NOT NULL,
            unique_viewers INTEGER NOT NULL,
            peak_viewers INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE audience_gains (
            id INTEGER PRIMARY KEY,
            stream TEXT NOT NULL,
            generation INTEGER NOT NULL,
            peak INTEGER NOT NULL,
            users BLOB NOT NULL
        ) STRICT;
        CREATE INDEX audience_gains_of_stream ON audience_gains (stream, generation);
        CREATE TABLE mutes (
            stream TEXT NOT NULL,
            user TEXT NOT NULL,
            until INTEGER,
            PRIMARY KEY (stream, user)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX ends_of_mutes ON mutes (until) WHERE until IS NOT NULL;
        CREATE TABLE answers (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            author ANY NOT NULL,
            method TEXT NOT NULL,
            stream TEXT NOT NULL,
            key TEXT NOT NULL,
            result BLOB NOT NULL
        ) STRICT;
        CREATE TABLE request_answers (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            incarnation INTEGER NOT NULL,
            request INTEGER NOT NULL,
            result BLOB NOT NULL
        ) STRICT;
        """

    /// What plugins keep, and what they are still to be told; a stream's media may be gone.
    private static let second = """
        ALTER TABLE streams ADD COLUMN media_gone INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE plugin_values (
            plugin TEXT NOT NULL,
            key TEXT NOT NULL,
            version INTEGER NOT NULL,
            at INTEGER NOT NULL,
            json BLOB NOT NULL,
            PRIMARY KEY (plugin, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE notices (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            kind INTEGER NOT NULL,
            stream TEXT NOT NULL,
            json BLOB NOT NULL
        ) STRICT;
        """

    /// Tokens that are not believed any more.
    private static let third = """
        CREATE TABLE revocations (
            kind INTEGER NOT NULL,
            name TEXT NOT NULL,
            issued_before INTEGER NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (kind, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX ends_of_revocations ON revocations (until);
        """
}
