// SPDX-License-Identifier: Apache-2.0

import Channels
import Foundation
import Journal
import SQLite
import TestSupport
import Testing

/// What is not a whole journal of this version is refused, named, and left as it is.
@Suite struct JournalFileTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    /// A journal that was closed in good order: one file.
    private func makeJournal() throws -> [UInt8] {
        do {
            let journal = try folder.open()
            for turn in 0..<20 as Range<UInt64> {
                try journal.commit((1...10).map { Sample.event("live:a", turn * 10 + $0) })
            }
        }
        return try folder.contents()
    }

    private func refusal() throws -> JournalError? {
        do throws(JournalError) {
            let journal = try Journal(folder: folder.path, options: options)
            _ = try journal.restore()
            return nil
        } catch {
            return error
        }
    }

    private let options = JournalOptions(
        sync: .process,
        retention: { _ in TestFolder.limits },
        answerWindow: .seconds(1),
        maximumAnswerCount: 10,
        requestWindow: .seconds(1),
        maximumRequestCount: 10
    )

    @Test func aJournalClosedInGoodOrderIsOneFile() throws {
        _ = try makeJournal()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == ["journal.db", "journal.lock"])
    }

    @Test(arguments: 0..<20)
    func randomBytesAreRefusedAndLeftAlone(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let count = seed == 0 ? 1 : Int.random(in: 1...20_000, using: &random)
        let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try folder.write(bytes)
        let error = try #require(try refusal())
        #expect(error == .notAJournal(path: folder.journalPath))
        #expect(error.description.contains(folder.journalPath))
        #expect(error.exitStatus == 65 && !error.mayPass)
        #expect(try folder.contents() == bytes)
    }

    @Test func aTruncatedJournalIsRefusedAndLeftAlone() throws {
        let whole = try makeJournal()
        var lengths = Array(stride(from: 0, to: whole.count, by: 509))
        lengths += [1, 15, 16, 99, 100, 511, 512, 4_095, 4_096, 4_097]
        lengths += [whole.count - 1, whole.count - 4_096, whole.count - 4_095]
        for length in lengths {
            let bytes = Array(whole.prefix(length))
            try folder.write(bytes)
            let error = try #require(try refusal(), "\(length) of \(whole.count) bytes")
            #expect(error.exitStatus == 65, "\(length): \(error)")
            #expect(try folder.contents() == bytes)
        }
        try folder.write(whole)
        #expect(try refusal() == nil)
    }

    @Test func aNewerJournalIsRefusedAndLeftAlone() throws {
        _ = try makeJournal()
        try change("PRAGMA user_version = 4")
        let bytes = try folder.contents()
        let error = try #require(try refusal())
        #expect(error == .newerSchema(path: folder.journalPath, version: 4, known: 3))
        #expect(error.description.contains("newer Tally"))
        #expect(try folder.contents() == bytes)
    }

    @Test func anotherProgramsDatabaseIsRefused() throws {
        _ = try makeJournal()
        try change("PRAGMA application_id = 7")
        #expect(try refusal() == .notAJournal(path: folder.journalPath))
    }

    @Test(arguments: ["streams", "publications", "node", "answers"])
    func aMissingTableIsDamage(table: String) throws {
        _ = try makeJournal()
        try change("DROP TABLE \(table)")
        #expect(try refusal()?.exitStatus == 65)
    }

    @Test func rowsThatTallyNeverWritesAreDamage() throws {
        _ = try makeJournal()
        try change("UPDATE channels SET oldest = top + 2")
        #expect(try refusal()?.exitStatus == 65)
    }

    @Test func aMissingPublicationIsDamage() throws {
        _ = try makeJournal()
        try change("DELETE FROM publications WHERE position = 150")
        let journal = try folder.open()
        #expect(throws: JournalError.self) {
            try journal.entries(of: "live:a", before: 201, limits: TestFolder.limits)
        }
    }

    @Test func damagedPagesNeverCrash() throws {
        let whole = try makeJournal()
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            var bytes = whole
            for _ in 0..<8 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
                    in: .min ... .max,
                    using: &random
                )
            }
            try folder.write(bytes)
            // Whatever is not seen to be damaged still opens; nothing may end the process.
            guard let journal = try? folder.open() else { continue }
            _ = try? journal.restore()
            _ = try? journal.entries(of: "live:a", before: 201, limits: TestFolder.limits)
            try? journal.commit([Sample.event("live:a", 201)])
            try? journal.keepUp(now: Sample.at(1 << 40))
        }
    }

    @Test func aSecondHubIsRefusedWhileTheFirstIsThere() throws {
        let first = try folder.open()
        #expect(try refusal() == .inUse(path: folder.journalPath))
        try first.commit([Sample.event("a", 1)])
    }

    @Test func aHalfMadeJournalIsMadeAnew() throws {
        try folder.write([1, 2, 3], to: "journal.db.new")
        try folder.write([4], to: "journal.db.new-journal")
        #expect(try refusal() == nil)
    }

    private func change(_ statement: String) throws {
        let database = try SQLiteDatabase(path: folder.journalPath, access: .readWrite)
        try database.execute(statement)
    }
}
