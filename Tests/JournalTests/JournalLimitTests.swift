// SPDX-License-Identifier: Apache-2.0

import Channels
import Journal
import Live
import Testing

/// Retention, erasure, and a disk that is full.
@Suite struct JournalLimitTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func kept(_ journal: Journal, _ channel: String = "a") throws -> [Int64] {
        guard
            case .channel(_, let position) = try journal.restore().first(where: { record in
                if case .channel(channel, _) = record { true } else { false }
            })
        else { return [] }
        var limits = TestFolder.limits
        limits.maximumCount = 1_000_000
        limits.maximumByteCount = 1 << 30
        return try journal.entries(of: channel, before: position.offset + 1, limits: limits)
            .map(\.at.milliseconds)
    }

    @Test func retentionByCountKeepsTheNewest() throws {
        let journal = try folder.open { options in
            options.retention = { _ in
                ChannelLog.Limits(
                    maximumCount: 80,
                    maximumByteCount: 1 << 20,
                    lifetime: .seconds(60)
                )
            }
        }
        for offset in 1...2_000 as ClosedRange<UInt64> {
            try journal.commit([Sample.event("a", offset, at: Int64(offset))])
            if journal.needsUpkeep { try journal.keepUp(now: Sample.at(2_000)) }
            // An eighth more than wanted at most, plus the one that made it too much.
            #expect(try kept(journal).count <= 92)
        }
        #expect(try kept(journal).count >= 80)
        #expect(try kept(journal).last == 2_000)
    }

    @Test func retentionByBytesKeepsTheNewest() throws {
        let journal = try folder.open { options in
            options.retention = { _ in
                ChannelLog.Limits(
                    maximumCount: 1_000,
                    maximumByteCount: 10_000,
                    lifetime: .seconds(60)
                )
            }
        }
        let text = String(repeating: "x", count: 988)  // 1,000 bytes as JSON
        try journal.commit(
            (1...50).map { Sample.event("a", $0, at: Int64($0), text: text) }
        )
        #expect(journal.needsUpkeep)
        try journal.keepUp(now: Sample.at(100))
        #expect(try kept(journal) == Array(41...50))
    }

    @Test func retentionByAgeTakesWhatIsTooOld() throws {
        let journal = try folder.open()
        try journal.commit((1...1_200).map { Sample.event("a", $0, at: Int64($0) * 1_000) })
        let now = Sample.at(3_600_000 + 1_100_000)
        for _ in 0..<10 { try journal.keepUp(now: now) }
        #expect(try kept(journal) == (1_101...1_200).map { $0 * 1_000 })
        // The channel stays: its epoch and position are not lost with what it held.
        for _ in 0..<10 { try journal.keepUp(now: Sample.at(.max / 2)) }
        #expect(try journal.restore() == [.channel("a", Position(epoch: "e", offset: 1_200))])
    }

    @Test func everyChannelIsLookedAtInTurn() throws {
        let journal = try folder.open()
        try journal.commit((0..<300).map { Sample.event("c\($0)", 1) })
        for _ in 0..<6 { try journal.keepUp(now: Sample.at(1 << 40)) }
        for channel in 0..<300 { #expect(try kept(journal, "c\(channel)").isEmpty) }
    }

    @Test func answersAndMutesExpire() throws {
        let journal = try folder.open()
        let key = RequestKey(incarnation: 1, request: 1)
        try journal.commit([
            .requestAnswered(key, result: [], at: Sample.at(1_000)),
            .muted(stream: "s", user: "u", .timeout(until: Sample.at(61_000))),
        ])
        try journal.keepUp(now: Sample.at(60_999))
        #expect(try journal.restore().count == 2)
        try journal.keepUp(now: Sample.at(61_000))
        #expect(try journal.restore().isEmpty)
    }

    @Test func aDeletedTextIsOnNoDiskAnyMore() throws {
        let journal = try folder.open { options in
            options.retention = { channel in
                var limits = TestFolder.limits
                // Feeds come and go between the comments, so that pages empty and are joined.
                if channel.hasPrefix("feed") { limits.maximumCount = 3 }
                return limits
            }
        }
        // Many channels, written in turn, so that pages split and rows move between them.
        for offset in 1...60 as ClosedRange<UInt64> {
            var turn: [JournalRecord] = []
            for channel in 0..<20 {
                let text = "secret-\(channel)-\(offset)-" + String(repeating: "y", count: 100)
                turn.append(Sample.comment("live:c\(channel)", offset, text: text))
                turn.append(Sample.event("feed\(channel)", offset, text: text))
            }
            try journal.commit(turn)
            try journal.keepUp(now: Sample.at(2_000))
        }
        #expect(try folder.everything().contains("secret-7-31-"))
        for channel in 0..<20 {
            try journal.commit(
                (1...60).map { offset in
                    .replaced(
                        channel: "live:c\(channel)",
                        offset: offset,
                        .deletedComment,
                        json: Array(#"{"tombstone":true}"#.utf8)
                    )
                }
            )
            try journal.commit([.channelDropped("feed\(channel)")])
        }
        for _ in 0..<30 { try journal.keepUp(now: Sample.at(2_000)) }
        #expect(try !folder.everything().contains("secret-"))
        for channel in 0..<20 { #expect(try kept(journal, "live:c\(channel)").count == 60) }
    }

    @Test func theBeginningOfTheTextsIsCutOff() throws {
        let journal = try folder.open()
        let text = String(repeating: "x", count: 500)
        for turn in 0..<60 as Range<UInt64> {
            try journal.commit(
                (1...200).map { Sample.event("a", turn * 200 + $0, text: text) }
            )
            for _ in 0..<3 { try journal.keepUp(now: Sample.at(2_000)) }
        }
        for _ in 0..<60 { try journal.keepUp(now: Sample.at(2_000)) }
        #expect(try kept(journal).count >= 1_000)
        // 12,000 texts of half a kibibyte came; little more than the kept ones are there.
        #expect(try folder.contents().count < 4 << 20)
    }

    @Test func aFullDiskKeepsWhatWasAcknowledgedAndTakesMoreWhenThereIsRoom() throws {
        var acknowledged: UInt64 = 0
        do {
            let journal = try folder.open { $0.maximumPageCount = 60 }
            let text = String(repeating: "z", count: 2_000)
            do throws(JournalError) {
                while acknowledged < 10_000 {
                    let record = Sample.event("a", acknowledged + 1, text: text)
                    try journal.commit([record])
                    acknowledged += 1
                }
                Issue.record("the limit was not reached")
            } catch {
                #expect(error == .full(path: folder.journalPath))
                #expect(error.mayPass)
            }
            #expect(acknowledged > 10)
            #expect(try kept(journal).count == Int(acknowledged))
            // Small changes still find room in the page that they touch.
            try journal.probe()
        }
        let journal = try folder.open()
        #expect(try kept(journal).count == Int(acknowledged))
        try journal.commit([Sample.event("a", acknowledged + 1)])
        #expect(try kept(journal).count == Int(acknowledged) + 1)
    }

    @Test func aTurnIsKeptWholeOrNotAtAll() throws {
        let journal = try folder.open { $0.maximumPageCount = 60 }
        let text = String(repeating: "z", count: 2_000)
        let turn = (1...200 as ClosedRange<UInt64>).map { Sample.event("a", $0, text: text) }
        #expect(throws: JournalError.full(path: folder.journalPath)) { try journal.commit(turn) }
        #expect(try journal.restore().isEmpty)
        try journal.commit([Sample.event("a", 1)])
        #expect(try kept(journal).count == 1)
    }
}
