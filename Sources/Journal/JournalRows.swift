// SPDX-License-Identifier: Apache-2.0

import Channels
import Live
import SQLite

/// Reads the tables back into records.
///
/// Rows that no journal has are an error: the file was changed by something else.
struct JournalRows {
    private let database: SQLiteDatabase

    init(_ database: SQLiteDatabase) {
        self.database = database
    }

    /// Everything but publications, in an order in which applying it rebuilds the state.
    func all() throws(SQLiteError) -> [JournalRecord] {
        let floor = try database.integer("SELECT value FROM node WHERE name = 'generation_floor'")
        var records: [JournalRecord] = []
        if let floor { records.append(.streamForgotten("", generation: UInt64(bitPattern: floor))) }
        records += try channels()
        records += try read(
            """
            SELECT id, state, generation, keeps_alive, interrupted_at, title, meta, started_at,
                ended_at, slow_seconds, comment_count, unique_viewers, peak_viewers, media_gone
            FROM streams
            """
        ) { LiveStream($0).map(JournalRecord.stream) }
        records += try read(
            "SELECT stream, generation, peak, users FROM audience_gains ORDER BY id",
            audience
        )
        records += try read("SELECT channel, at, json FROM latest_values") { row in
            row.moment(1).map {
                .latest(channel: row.text(0), LatestValue(at: $0, json: row.blob(2)))
            }
        }
        records += try read("SELECT stream, user, until FROM mutes") { row in
            Mute(row, 2).map { .muted(stream: row.text(0), user: row.text(1), $0) }
        }
        records += try read(
            "SELECT at, author, method, stream, key, result FROM answers ORDER BY id",
            answer
        )
        records += try read(
            "SELECT at, incarnation, request, result FROM request_answers ORDER BY id"
        ) { row in
            let key = RequestKey(
                incarnation: UInt64(bitPattern: row.integer(1)),
                request: UInt64(bitPattern: row.integer(2))
            )
            return row.moment(0).map { .requestAnswered(key, result: row.blob(3), at: $0) }
        }
        records += try plugins()
        records += try read("SELECT kind, name, issued_before, until FROM revocations", revocation)
        return records
    }

    /// The newest publications before an offset, oldest first.
    func entries(
        of head: ChannelHead,
        before offset: UInt64,
        limits: ChannelLog.Limits
    ) throws(SQLiteError) -> [ChannelLog.Entry] {
        let statement = try database.prepare(
            """
            SELECT position, at, kind, author, generation, json
            FROM publications JOIN texts ON texts.id = publications.text
            WHERE channel = ? AND position >= ? AND position < ? ORDER BY position DESC LIMIT ?
            """
        )
        var entries: [ChannelLog.Entry] = []
        var byteCount = 0
        var next = Int64(bitPattern: offset)
        try statement.forEachRow(
            .integer(head.id),
            .integer(Int64(bitPattern: head.oldest)),
            .integer(next),
            .integer(Int64(limits.maximumCount))
        ) { row throws(SQLiteError) in
            next -= 1
            // Offsets have no holes: one that is missing was taken out.
            guard row.integer(0) == next, let at = row.moment(1),
                let kind = ChannelLog.Entry.Kind(row, from: 2)
            else { throw .damaged("a publication is missing or is no publication") }
            let json = row.blob(5)
            byteCount += json.count
            guard byteCount <= limits.maximumByteCount else { return false }
            entries.append(ChannelLog.Entry(at: at, kind: kind, json: json))
            return true
        }
        return entries.reversed()
    }

    private func channels() throws(SQLiteError) -> [JournalRecord] {
        try read("SELECT id, epoch, top, oldest, byte_count, name FROM channels") { row in
            ChannelHead(row).map { .channel(row.text(5), $0.position) }
        }
    }

    private func audience(_ row: SQLiteRow) -> JournalRecord? {
        guard let users = NumberBlob.decode(row.blob(3)), let peak = row.amount(2) else {
            return nil
        }
        return .audience(
            stream: row.text(0),
            generation: UInt64(bitPattern: row.integer(1)),
            users: users,
            peak: Int(peak)
        )
    }

    private func revocation(_ row: SQLiteRow) -> JournalRecord? {
        guard let number = UInt8(exactly: row.integer(0)), let until = row.moment(3),
            let target = TokenRevocation.Target(number: number, name: row.text(1))
        else { return nil }
        return .revoked(
            TokenRevocation(target: target, issuedBefore: row.integer(2), until: until)
        )
    }

    private func answer(_ row: SQLiteRow) -> JournalRecord? {
        guard let author = Author(row, 1), let method = LiveCommand.Method(rawValue: row.text(2)),
            let at = row.moment(0)
        else { return nil }
        let key = IdempotencyKey(
            author: author,
            method: method,
            stream: row.text(3),
            key: row.text(4)
        )
        return .answered(key, result: row.blob(5), at: at)
    }

    func read(
        _ query: String,
        _ record: (SQLiteRow) -> JournalRecord?
    ) throws(SQLiteError) -> [JournalRecord] {
        let records = try database.prepare(query).all(read: record)
        let whole = records.compactMap { $0 }
        guard whole.count == records.count else {
            throw .damaged("a row that Tally never writes")
        }
        return whole
    }
}

extension LiveStream {
    /// From all columns of `streams`, in their order.
    init?(_ row: SQLiteRow) {
        guard let state = StreamState(rawValue: row.text(1)), let generation = row.amount(2),
            let interruptedAt = row.optionalMoment(4), let startedAt = row.optionalMoment(7),
            let endedAt = row.optionalMoment(8), let slowSeconds = row.amount(9),
            let commentCount = row.amount(10), let uniqueViewers = row.amount(11),
            let peakViewers = row.amount(12)
        else { return nil }
        self.init(id: row.text(0))
        lifecycle = StreamLifecycle(
            state: state,
            generation: UInt64(generation),
            keepsAlive: row.integer(3) != 0,
            interruptedAt: interruptedAt,
            mediaIsGone: row.integer(13) != 0
        )
        title = row.text(5)
        meta = row.blob(6)
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.slowSeconds = slowSeconds
        self.commentCount = UInt64(commentCount)
        finalUniqueViewers = Int(uniqueViewers)
        finalPeakViewers = Int(peakViewers)
    }
}
