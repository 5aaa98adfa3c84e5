// SPDX-License-Identifier: Apache-2.0

import Channels
import Glibc
import Journal
import Live
import Reactor
import SQLite

/// A journal that was changed behind Tally's back: the input says which bytes become which.
///
/// Each five bytes of input are a place (32 bits) and a value. Input that begins with 0xDA changes
/// what SQLite itself takes for right: each two bytes are a column and the number of a value. Input
/// that begins with 0xDB cuts as many bytes (24 bits) off its end. An untouched journal is made once.
enum JournalTarget: FuzzTarget {
    static let name = "journal"

    static let seeds: [[UInt8]] = [[], [0, 0, 0, 0, 0], [18, 0, 0, 0, 9, 100, 0, 0, 0, 1]]

    private static let folder = "/dev/shm/tally-fuzz-\(getpid())"
    private static let original = makeJournal()

    static func run(_ bytes: [UInt8]) {
        if bytes.first == 0xDA {
            write(original)
            changeRows(Array(bytes.dropFirst()))
        } else if bytes.first == 0xDB {
            let count = bytes.dropFirst().prefix(3).reduce(0) { $0 << 8 | Int($1) }
            write(original.dropLast(count))
        } else {
            var contents = original
            for start in stride(from: 0, to: bytes.count - 4, by: 5) {
                let place = bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
                contents[place % contents.count] = bytes[start + 4]
            }
            write(contents)
        }
        do throws(JournalError) {
            let reader = try JournalReader(folder: folder)
            _ = try? reader.counts()
            _ = try? reader.problems()
            _ = try? reader.forEachEvent(of: "a") { _ in true }
            let journal = try open()
            for case .channel(let channel, let position) in try journal.restore() {
                let next = position.offset + 1
                _ = try? journal.entries(of: channel, before: next, limits: limits)
            }
            try journal.commit([
                .publication(channel: "live:a", Position(epoch: "e", offset: 5), entry(5))
            ])
        } catch {
            precondition(!error.description.isEmpty, "refused without a reason")
        }
    }

    /// `UPDATE OR IGNORE`: what the schema does not allow is no damage that a row can have.
    private static func changeRows(_ bytes: [UInt8]) {
        guard let database = try? SQLiteDatabase(path: folder + "/journal.db", access: .readWrite)
        else { return }
        for start in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (table, column) = columns[Int(bytes[start]) % columns.count]
            guard bytes[start + 1] < 0xF0 else {
                try? database.execute("DROP TABLE \(table)")
                continue
            }
            let value = values[Int(bytes[start + 1]) % values.count]
            try? database.execute("UPDATE OR IGNORE \(table) SET \(column) = \(value)")
        }
    }

    private static let values = [
        "NULL", "-1", "0", "1", "2", "3", "9", "1 << 53", "9223372036854775807", "'gone'",
        "'live.stop'", "x'0102'", "x''", "x'000102030405060708090a0b0c0d0e0f'", "5",
    ]
    private static let columns = [
        ("node", ["value"]),
        ("channels", ["id", "epoch", "top", "oldest", "byte_count", "name"]),
        (
            "publications",
            [
                "channel", "position", "at", "kind", "author", "generation", "text",
                "byte_count",
            ]
        ),
        ("texts", ["json"]), ("latest_values", ["at", "json"]),
        (
            "streams",
            [
                "state", "generation", "keeps_alive", "interrupted_at", "title", "meta",
                "started_at", "ended_at", "slow_seconds", "comment_count", "unique_viewers",
                "peak_viewers", "media_gone",
            ]
        ),
        ("audience_gains", ["generation", "peak", "users"]), ("mutes", ["until"]),
        ("answers", ["at", "author", "method", "result"]),
        ("request_answers", ["at", "incarnation", "request"]),
        ("plugin_values", ["version", "at", "json"]), ("notices", ["kind", "name"]),
        ("revocations", ["kind", "name", "issued_before", "until"]),
    ].flatMap { (table, columns) in columns.map { (table, $0) } }

    private static let limits = ChannelLog.Limits(
        maximumCount: 100,
        maximumByteCount: 1 << 20,
        lifetime: .seconds(3_600)
    )

    private static func open() throws(JournalError) -> Journal {
        try Journal(
            folder: folder,
            options: JournalOptions(
                sync: .process,
                retention: { _ in limits },
                answerWindow: .seconds(300),
                maximumAnswerCount: 100,
                requestWindow: .seconds(60),
                maximumRequestCount: 100
            )
        )
    }

    private static func entry(_ number: Int) -> ChannelLog.Entry {
        let kinds: [ChannelLog.Entry.Kind] = [
            .comment(by: .user("ana"), generation: 1),
            .comment(by: .client(ClientID(high: 1, low: 2)), generation: 1), .event,
        ]
        return .init(
            at: moment,
            kind: kinds[number % kinds.count],
            json: Array(#"{"data":{"text":"\#(number)"}}"#.utf8)
        )
    }

    private static let moment = Timestamp(milliseconds: 1_000)

    /// One row at least in every table.
    private static var records: [JournalRecord] {
        var stream = LiveStream(id: "a")
        stream.lifecycle = StreamLifecycle(
            state: .interrupted,
            generation: 1,
            keepsAlive: true,
            interruptedAt: moment
        )
        stream.startedAt = moment
        let key = IdempotencyKey(author: .user("ana"), method: .start, stream: "a", key: "k")
        return (1...4).map { number in
            .publication(
                channel: "live:a",
                Position(epoch: "e", offset: UInt64(number)),
                entry(number)
            )
        } + [
            .replaced(channel: "live:a", offset: 1, .deletedComment, json: Array("{}".utf8)),
            .latest(channel: "feed", LatestValue(at: moment, json: Array("{}".utf8))),
            .stream(stream), .streamForgotten("b", generation: 3),
            .audience(stream: "a", generation: 1, users: [1, 2], peak: 2),
            .muted(stream: "a", user: "eve", .ban),
            .muted(stream: "a", user: "bob", .timeout(until: moment)),
            .answered(key, result: Array("{}".utf8), at: moment),
            .requestAnswered(
                RequestKey(incarnation: 1, request: 2),
                result: Array("{}".utf8),
                at: moment
            ),
            .stored(
                plugin: "p",
                key: "k",
                StoredValue(version: 1, at: moment, json: Array("1".utf8))
            ),
            .noticed(PluginNotice(id: "n", kind: .started, stream: "a", json: Array("{}".utf8))),
            .revoked(
                TokenRevocation(target: .user("eve"), issuedBefore: 1, until: moment)
            ),
        ]
    }

    private static func makeJournal() -> [UInt8] {
        unsafe mkdir(folder, 0o700)
        guard (try? open().commit(records)) != nil,
            let file = try? File.open(folder + "/journal.db", for: .reading),
            let bytes = try? File.read(file, maximumByteCount: 1 << 24), !bytes.isEmpty
        else { preconditionFailure("no journal in \(folder)") }
        return bytes
    }

    private static func write(_ contents: [UInt8]) {
        for name in ["journal.db-wal", "journal.db-shm"] { unsafe unlink(folder + "/" + name) }
        guard let file = try? File.open(folder + "/journal.db", for: .replacing),
            (try? File.write(file, contents)) != nil
        else { preconditionFailure("cannot write in \(folder)") }
    }
}
