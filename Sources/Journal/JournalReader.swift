// SPDX-License-Identifier: Apache-2.0

package import Channels
import SQLite

/// A journal to look at, also while a hub writes to it; nothing is changed.
package final class JournalReader {
    package let path: String
    private let database: SQLiteDatabase

    /// - Throws: when the folder has no journal, or one that this Tally does not know.
    package init(folder: String) throws(JournalError) {
        path = JournalFile.path(in: folder)
        database = try JournalFile.openForReading(in: folder)
        let version = try JournalFile.check(database, path)
        guard version == JournalSchema.version else {
            // A hub brings it to the current version at its start.
            throw .failed(path: path, detail: "it has the older version \(version)")
        }
    }

    /// How much the journal holds.
    package struct Counts: Hashable, Sendable {
        package let version: Int64
        package let streams: Int64
        package let channels: Int64
        package let publications: Int64
        package let comments: Int64
        package let byteCount: Int64
    }

    package func counts() throws(JournalError) -> Counts {
        try JournalFile.withError(path) { () throws(SQLiteError) in
            Counts(
                version: try database.integer("PRAGMA user_version") ?? 0,
                streams: try database.integer("SELECT count(*) FROM streams") ?? 0,
                channels: try database.integer("SELECT count(*) FROM channels") ?? 0,
                publications: try database.integer("SELECT count(*) FROM publications") ?? 0,
                comments: try database.integer(
                    "SELECT count(*) FROM publications WHERE kind = 1"
                ) ?? 0,
                byteCount: try database.integer(
                    "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
                ) ?? 0
            )
        }
    }

    /// Reads everything there is and says what is wrong with it; nothing where all is well.
    ///
    /// Takes seconds for a gigabyte.
    package func problems() throws(JournalError) -> [String] {
        do throws(SQLiteError) {
            let most = Self.maximumProblems
            var found = try database.prepare("PRAGMA integrity_check(\(most))").all { $0.text(0) }
            found.removeAll { $0 == "ok" }
            if found.isEmpty {
                found += try contradictions()
                _ = try JournalRows(database).all()
            }
            return Array(found.prefix(most))
        } catch {
            guard error.kind == .corrupt else { throw JournalError(error, path: path) }
            return [error.message]
        }
    }

    /// Problems that are listed: after the first, all the rest say the same.
    private static let maximumProblems = 100

    /// What SQLite cannot know: channels whose rows do not fit their publications.
    private func contradictions() throws(SQLiteError) -> [String] {
        let most = Self.maximumProblems
        let gaps = try database.prepare(
            """
            SELECT name FROM channels WHERE top - oldest + 1 <> (
                SELECT count(*) FROM publications
                WHERE channel = channels.id AND position BETWEEN oldest AND top
            ) LIMIT \(most)
            """
        ).all { "the channel \($0.text(0)) lacks publications" }
        let texts = try database.integer(
            """
            SELECT count(*) FROM publications LEFT JOIN texts ON texts.id = publications.text
            WHERE texts.id IS NULL OR length(json) <> byte_count
            """
        )
        return gaps + (texts ?? 0 == 0 ? [] : ["\(texts ?? 0) publications lack their text"])
    }

    /// Calls `body` for every event of a stream that is kept, oldest first, until it answers false.
    package func forEachEvent(
        of stream: String,
        _ body: (JournaledEvent) -> Bool
    ) throws(JournalError) {
        try JournalFile.withError(path) { () throws(SQLiteError) in
            let statement = try database.prepare(
                """
                SELECT position, at, kind, json FROM channels
                JOIN publications ON publications.channel = channels.id
                JOIN texts ON texts.id = publications.text
                WHERE name = ? ORDER BY position
                """
            )
            try statement.forEachRow(.text("live:" + stream)) { row throws(SQLiteError) in
                guard let offset = row.amount(0), let at = row.moment(1) else {
                    throw .damaged("an event without a position or time")
                }
                return body(
                    JournaledEvent(
                        offset: UInt64(offset),
                        at: at,
                        isDeletedComment: row.integer(2) == 2,
                        publication: row.blob(3)
                    )
                )
            }
        }
    }
}

/// One event of a stream as the journal has it.
package struct JournaledEvent: Hashable, Sendable {
    package let offset: UInt64
    package let at: Timestamp
    package let isDeletedComment: Bool
    /// A Publication as JSON text.
    package let publication: [UInt8]
}
