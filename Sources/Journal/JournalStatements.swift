// SPDX-License-Identifier: Apache-2.0

import SQLite

/// Every statement that a commit may need, prepared once.
struct JournalStatements {
    let begin: SQLiteStatement
    let commit: SQLiteStatement
    let setNode: SQLiteStatement

    let channel: SQLiteStatement
    let openChannel: SQLiteStatement
    let updateChannel: SQLiteStatement
    let dropChannel: SQLiteStatement
    let noteDropped: SQLiteStatement
    let append: SQLiteStatement
    let appendText: SQLiteStatement
    let emptyText: SQLiteStatement
    let text: SQLiteStatement
    let replace: SQLiteStatement
    let setLatest: SQLiteStatement
    let dropLatest: SQLiteStatement

    let setStream: SQLiteStatement
    let dropStream: SQLiteStatement
    let countComments: SQLiteStatement
    let gainAudience: SQLiteStatement
    let setMute: SQLiteStatement
    let dropMute: SQLiteStatement
    let dropMutes: SQLiteStatement

    let answer: SQLiteStatement
    let dropAnswers: SQLiteStatement
    let answerRequest: SQLiteStatement
    let dropRequestAnswers: SQLiteStatement

    let store: SQLiteStatement
    let unstore: SQLiteStatement
    let addNotice: SQLiteStatement
    let dropNotice: SQLiteStatement
    let revoke: SQLiteStatement

    init(_ database: SQLiteDatabase) throws(SQLiteError) {
        begin = try database.prepare("BEGIN IMMEDIATE")
        commit = try database.prepare("COMMIT")
        setNode = try database.prepare("INSERT OR REPLACE INTO node VALUES (?, ?)")
        channel = try database.prepare(
            "SELECT id, epoch, top, oldest, byte_count FROM channels WHERE name = ?"
        )
        openChannel = try database.prepare(
            """
            INSERT INTO channels (name, epoch, top, oldest, byte_count)
            VALUES (?, ?, ?, ?, 0) RETURNING id
            """
        )
        updateChannel = try database.prepare(
            "UPDATE channels SET top = ?, oldest = ?, byte_count = ? WHERE id = ?"
        )
        dropChannel = try database.prepare("DELETE FROM channels WHERE id = ?")
        noteDropped = try database.prepare("INSERT INTO dropped_channels VALUES (?)")
        append = try database.prepare("INSERT INTO publications VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        appendText = try database.prepare("INSERT INTO texts VALUES (?, ?)")
        emptyText = try database.prepare("UPDATE texts SET json = x'' WHERE id = ?")
        text = try database.prepare(
            "SELECT text, byte_count FROM publications WHERE channel = ? AND position = ?"
        )
        replace = try database.prepare(
            """
            UPDATE publications
            SET kind = ?, author = ?, generation = ?, text = ?, byte_count = ?
            WHERE channel = ? AND position = ?
            """
        )
        setLatest = try database.prepare("INSERT OR REPLACE INTO latest_values VALUES (?, ?, ?)")
        dropLatest = try database.prepare("DELETE FROM latest_values WHERE channel = ?")
        setStream = try database.prepare(
            "INSERT OR REPLACE INTO streams VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        dropStream = try database.prepare("DELETE FROM streams WHERE id = ?")
        countComments = try database.prepare(
            "UPDATE streams SET comment_count = comment_count + ? WHERE id = ? AND generation = ?"
        )
        gainAudience = try database.prepare(
            "INSERT INTO audience_gains (stream, generation, peak, users) VALUES (?, ?, ?, ?)"
        )
        setMute = try database.prepare("INSERT OR REPLACE INTO mutes VALUES (?, ?, ?)")
        dropMute = try database.prepare("DELETE FROM mutes WHERE stream = ? AND user = ?")
        dropMutes = try database.prepare("DELETE FROM mutes WHERE stream = ?")
        answer = try database.prepare("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)")
        dropAnswers = try database.prepare("DELETE FROM answers WHERE id <= ?")
        answerRequest = try database.prepare("INSERT INTO request_answers VALUES (?, ?, ?, ?, ?)")
        dropRequestAnswers = try database.prepare("DELETE FROM request_answers WHERE id <= ?")
        store = try database.prepare("INSERT OR REPLACE INTO plugin_values VALUES (?, ?, ?, ?, ?)")
        unstore = try database.prepare("DELETE FROM plugin_values WHERE plugin = ? AND key = ?")
        addNotice = try database.prepare(
            "INSERT OR IGNORE INTO notices (name, kind, stream, json) VALUES (?, ?, ?, ?)"
        )
        dropNotice = try database.prepare("DELETE FROM notices WHERE name = ?")
        revoke = try database.prepare("INSERT OR REPLACE INTO revocations VALUES (?, ?, ?, ?)")
    }
}
