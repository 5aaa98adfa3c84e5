// SPDX-License-Identifier: Apache-2.0

import Channels
import Foundation
import Journal
import SQLite

/// A data folder of one test, removed with it.
final class TestFolder {
    let path = NSTemporaryDirectory() + "tally-journal-" + UUID().uuidString.prefix(8)

    init() throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var journalPath: String { path + "/journal.db" }

    func open(_ change: (inout JournalOptions) -> Void = { _ in }) throws -> Journal {
        var options = JournalOptions(
            sync: .process,
            retention: { _ in Self.limits },
            answerWindow: .seconds(300),
            maximumAnswerCount: 100,
            requestWindow: .seconds(60),
            maximumRequestCount: 100
        )
        change(&options)
        return try Journal(folder: path, options: options)
    }

    static let limits = ChannelLog.Limits(
        maximumCount: 1_000,
        maximumByteCount: 1 << 20,
        lifetime: .seconds(3_600)
    )

    /// Changes the journal behind Tally's back.
    func change(_ statement: String) throws {
        let database = try SQLiteDatabase(path: journalPath, access: .readWrite)
        try database.execute(statement)
    }

    func contents(_ name: String = "journal.db") throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path + "/" + name)))
    }

    func write(_ bytes: [UInt8], to name: String = "journal.db") throws {
        try Data(bytes).write(to: URL(filePath: path + "/" + name))
    }

    /// Every byte of every file.
    func everything() throws -> [UInt8] {
        try FileManager.default.contentsOfDirectory(atPath: path).flatMap { try contents($0) }
    }
}

extension [UInt8] {
    func contains(_ text: String) -> Bool {
        Data(self).range(of: Data(text.utf8)) != nil
    }
}

/// Records as the hub makes them.
enum Sample {
    static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    static func event(
        _ channel: String,
        _ offset: UInt64,
        epoch: String = "e",
        at milliseconds: Int64 = 1_000,
        text: String = "event"
    ) -> JournalRecord {
        .publication(
            channel: channel,
            Position(epoch: epoch, offset: offset),
            .init(at: at(milliseconds), kind: .event, json: Array(#"{"data":"\#(text)"}"#.utf8))
        )
    }

    static func comment(
        _ channel: String,
        _ offset: UInt64,
        by author: Author = .user("ana"),
        generation: UInt64 = 1,
        text: String = "hello"
    ) -> JournalRecord {
        .publication(
            channel: channel,
            Position(epoch: "e", offset: offset),
            .init(
                at: at(1_000),
                kind: .comment(by: author, generation: generation),
                json: Array(#"{"data":{"text":"\#(text)"}}"#.utf8)
            )
        )
    }
}
