// SPDX-License-Identifier: Apache-2.0

import Channels
import Foundation
import Journal
import Live
import Testing

/// What is committed is there again, as it was.
@Suite struct JournalTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    /// What another process would find.
    private func reopened(after records: [[JournalRecord]]) throws -> Journal {
        do {
            let journal = try folder.open()
            for turn in records { try journal.commit(turn) }
        }
        return try folder.open()
    }

    @Test func aNewJournalHoldsNothing() throws {
        let journal = try folder.open()
        #expect(try journal.restore().isEmpty)
        #expect(try journal.entries(of: "a", before: 10, limits: TestFolder.limits).isEmpty)
    }

    @Test func itsFilesAreForTheirOwnerAlone() throws {
        let journal = try folder.open()
        try journal.commit([Sample.event("a", 1)])
        for name in ["journal.db", "journal.db-wal", "journal.db-shm", "journal.lock"] {
            #expect(try mode(folder.path + "/" + name) == 0o600, "\(name)")
        }
    }

    @Test func publicationsKeepTheirEpochOrderAndAuthors() throws {
        let client = Author.client(ClientID(high: .max, low: 1))
        let journal = try reopened(after: [
            [Sample.event("live:a", 1), Sample.comment("live:a", 2)],
            [Sample.comment("live:a", 3, by: client, generation: .max)],
        ])
        #expect(try journal.restore() == [.channel("live:a", Position(epoch: "e", offset: 3))])
        let entries = try journal.entries(of: "live:a", before: 4, limits: TestFolder.limits)
        #expect(
            entries.map(\.kind) == [
                .event, .comment(by: .user("ana"), generation: 1),
                .comment(by: client, generation: .max),
            ]
        )
        #expect(entries.map(\.at) == [1_000, 1_000, 1_000].map(Sample.at))
    }

    @Test(arguments: [(1, 0), (2, 1), (3, 2), (4, 3), (9, 3)] as [(UInt64, Int)])
    func entriesEndBeforeTheOffset(offset: UInt64, count: Int) throws {
        let journal = try reopened(after: [(1...3).map { Sample.event("a", $0) }])
        if offset > 4 {
            // No hub asks for it: what is missing at the end was taken out.
            #expect(throws: JournalError.self) {
                try journal.entries(of: "a", before: offset, limits: TestFolder.limits)
            }
        } else {
            let entries = try journal.entries(of: "a", before: offset, limits: TestFolder.limits)
            #expect(entries.count == count)
        }
    }

    @Test func entriesAreTheNewestWithinTheLimits() throws {
        let journal = try reopened(after: [(1...9).map { Sample.event("a", $0, at: Int64($0)) }])
        var limits = TestFolder.limits
        limits.maximumCount = 4
        let few = try journal.entries(of: "a", before: 10, limits: limits)
        #expect(few.map(\.at.milliseconds) == [6, 7, 8, 9])
        limits.maximumByteCount = few[0].json.count * 3
        #expect(try journal.entries(of: "a", before: 10, limits: limits).count == 3)
    }

    @Test func aRecordTwiceChangesNothing() throws {
        let twice = [Sample.event("a", 1), Sample.event("a", 1), Sample.event("a", 2)]
        let journal = try reopened(after: [twice, [Sample.event("a", 2)]])
        #expect(try journal.entries(of: "a", before: 3, limits: TestFolder.limits).count == 2)
    }

    @Test func anotherEpochReplacesWhatThereWas() throws {
        let journal = try reopened(after: [
            [Sample.event("a", 1), Sample.event("a", 2)], [Sample.event("a", 7, epoch: "f")],
        ])
        #expect(try journal.restore() == [.channel("a", Position(epoch: "f", offset: 7))])
        #expect(try journal.entries(of: "a", before: 8, limits: TestFolder.limits).count == 1)
    }

    @Test func whatIsDroppedIsGone() throws {
        let latest = JournalRecord.latest(
            channel: "b",
            LatestValue(at: Sample.at(5), json: Array("1".utf8))
        )
        let journal = try reopened(after: [
            [Sample.event("a", 1), latest, Sample.event("c", 1)],
            [.channelDropped("a"), .channelDropped("b")],
        ])
        #expect(try journal.restore() == [.channel("c", Position(epoch: "e", offset: 1))])
    }

    @Test func latestValuesMutesAndAnswersComeBack() throws {
        let key = IdempotencyKey(
            author: .client(ClientID(high: 1, low: 2)),
            method: .sendComment,
            stream: "s",
            key: "k"
        )
        let records: [JournalRecord] = [
            .latest(channel: "b", LatestValue(at: Sample.at(5), json: Array("1".utf8))),
            .muted(stream: "s", user: "u", .ban),
            .muted(stream: "s", user: "v", .timeout(until: Sample.at(9_000))),
            .answered(key, result: Array("{}".utf8), at: Sample.at(6)),
            .requestAnswered(
                RequestKey(incarnation: .max, request: 3),
                result: [],
                at: Sample.at(7)
            ),
        ]
        let journal = try reopened(after: [
            records, [.muted(stream: "s", user: "w", .ban), .unmuted(stream: "s", user: "w")],
        ])
        #expect(try journal.restore() == records)
        #expect(journal.newestTime == Sample.at(7))
    }

    @Test func revocationsComeBackUntilTheyAreOver() throws {
        func revocation(
            _ target: TokenRevocation.Target,
            before: Int64 = .max,
            until: Int64
        ) -> JournalRecord {
            .revoked(
                TokenRevocation(target: target, issuedBefore: before, until: Sample.at(until))
            )
        }
        let kept = [
            revocation(.token("a"), until: 900), revocation(.user("a"), before: 9, until: 900),
            revocation(.everyone, before: 7, until: 900),
        ]
        let journal = try reopened(after: [
            kept, [revocation(.user("a"), before: 5, until: 800)], [kept[1]],
            [revocation(.token("b"), until: 500)],
        ])
        #expect(
            try journal.restore() == [kept[0], revocation(.token("b"), until: 500)] + kept[1...]
        )
        try journal.keepUp(now: Sample.at(499))
        #expect(try journal.restore().count == 4)
        try journal.keepUp(now: Sample.at(500))
        #expect(try journal.restore() == kept)
    }

    @Test func whatPluginsKeepAndAreToBeToldComesBack() throws {
        func notice(_ id: String) -> PluginNotice {
            PluginNotice(id: id, kind: .stopped, stream: "s", json: Array("{}".utf8))
        }
        let value = StoredValue(
            version: 7,
            at: Timestamp(milliseconds: 5_000),
            json: Array("1.50".utf8)
        )
        let records: [JournalRecord] = [
            .stored(plugin: "p", key: "k", value), .noticed(notice("e-2")), .noticed(notice("e-1")),
        ]
        let journal = try reopened(after: [
            records + [.stored(plugin: "p", key: "gone", value), .noticed(notice("e-3"))],
            [.unstored(plugin: "p", key: "gone"), .noticeDone("e-3")],
            // Twice changes nothing.
            [.noticed(notice("e-2")), .unstored(plugin: "p", key: "gone")],
        ])
        #expect(try journal.restore() == records)
        #expect(journal.newestTime == value.at)
    }

    @Test func aStreamCountsTheCommentsOfItsGeneration() throws {
        var stream = LiveStream(id: "s")
        try stream.lifecycle.start(keepsAlive: true, above: 4)
        stream.title = "T"
        stream.startedAt = Sample.at(1)
        stream.commentCount = 2
        let turn: [JournalRecord] = [
            Sample.comment("live:s", 1, generation: 5), .stream(stream),
            Sample.comment("live:s", 2, generation: 5), Sample.comment("live:s", 3, generation: 4),
        ]
        let journal = try reopened(after: [turn, [Sample.comment("live:s", 4, generation: 5)]])
        // The row's two have the first in them; the third is of another generation.
        stream.commentCount = 4
        #expect(try journal.restore().contains(.stream(stream)))
    }

    @Test func audiencesOfOldGenerationsGo() throws {
        var stream = LiveStream(id: "s")
        try stream.lifecycle.start(keepsAlive: true, above: 0)
        let gain = JournalRecord.audience(stream: "s", generation: 1, users: [1, .max], peak: 3)
        let journal = try reopened(after: [[.stream(stream), gain]])
        #expect(try journal.restore() == [.stream(stream), gain])
        try stream.lifecycle.stop(generation: nil)
        try journal.commit([.stream(stream)])
        try journal.keepUp(now: Sample.at(10))
        #expect(try journal.restore() == [.stream(stream)])
    }

    @Test func aForgottenStreamLeavesItsGenerationBehind() throws {
        let stream = LiveStream(id: "s")
        let journal = try reopened(after: [
            [.stream(stream), Sample.event("live:s", 1), .muted(stream: "s", user: "u", .ban)],
            [.streamForgotten("s", generation: 7), .streamForgotten("t", generation: 6)],
        ])
        #expect(try journal.restore() == [.streamForgotten("", generation: 7)])
    }

    @Test func tooManyAnswersMakeRoom() throws {
        let journal = try folder.open { $0.maximumRequestCount = 3 }
        for request in 1...5 as ClosedRange<UInt64> {
            let key = RequestKey(incarnation: 1, request: request)
            try journal.commit([.requestAnswered(key, result: [], at: Sample.at(1))])
        }
        #expect(try journal.restore().count == 3)
    }
}

private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
}
