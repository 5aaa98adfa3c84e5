// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Foundation
import Hub
import HubLink
import Journal
import Live
import Manifest
import TestSupport
import Testing

/// A hub's state goes through the journal's file and comes back.
@Suite final class JournaledHubTests {
    private let folder = NSTemporaryDirectory() + "tally-hub-" + UUID().uuidString.prefix(8)

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A program that another test starts meanwhile holds this process's locks from its fork to its exec.
    private func open(_ bench: HubBench) throws -> Journal {
        let options = bench.options.journalOptions
        let deadline = ContinuousClock.now + .seconds(5)
        var journal = try? Journal(folder: folder, options: options)
        while journal == nil, ContinuousClock.now < deadline {
            journal = try? Journal(folder: folder, options: options)
        }
        if let journal { return journal }
        return try Journal(folder: folder, options: options)
    }

    /// The state that a new hub finds, all logs loaded.
    private func rebuilt(_ bench: HubBench, _ journal: Journal) throws -> HubState {
        var state = try HubState(options: bench.options, journal: journal)
        for channel in state.unloadedLogs.sorted() {
            let log = try #require(state.logs[channel])
            let entries = try journal.entries(
                of: channel,
                before: log.oldestOffset,
                limits: log.limits
            )
            state.load(entries, of: channel)
        }
        state.expire(now: bench.now)
        return state
    }

    @Test(arguments: 0..<8)
    func theJournalRebuildsTheStateWheneverTheHubIsKilled(seed: UInt64) throws {
        let bench = HubBench {
            $0.live.maximumStreams = 4
            $0.live.historySize = 20
            $0.live.maximumIdempotencyKeys = 5
            $0.comments.maximumMutedUsers = 3
            $0.journal.retentionCount = seed % 2 == 0 ? 25 : 0
        }
        var script = RandomScript(bench: bench, seed: seed)
        var random = SeededGenerator(seed: seed)
        var journal: Journal? = try open(bench)
        var committed = 0
        for step in 1...1_000 {
            script.step()
            guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
            try journal?.commit(Array(bench.records[committed...]))
            committed = bench.records.count
            if step % 7 == 0 { try journal?.keepUp(now: bench.now) }
            guard step % 20 == 0 else { continue }
            // One journal at a time, as it is with hubs.
            journal = nil
            let next = try open(bench)
            journal = next
            let found = try rebuilt(bench, next)
            var expected = bench.core.state
            expected.expire(now: bench.now)
            #expect(found.streams == expected.streams)
            #expect(found.logs == expected.logs)
            #expect(found.mutes == expected.mutes)
            #expect(found.audiences == expected.audiences)
            #expect(found.answers == expected.answers)
            #expect(found.requestAnswers == expected.requestAnswers)
            #expect(found == expected)
        }
        #expect(committed > 500)
    }

    @Test func aRequestThatIsAskedAgainIsNotDoneTwice() throws {
        let bench = HubBench()
        let studio = bench.attach(bench.link(), user: "ana", controls: ["*"])
        try bench.run(studio, "live.start", #"{"stream":"a","keep":true}"#)
        let comment = LiveCommand.sendComment(.init(stream: "a", text: "once"))
        let request = WorkerMessage.request(
            RequestID(rawValue: 77),
            studio.id,
            .live(comment, moderator: false)
        )
        bench.receive(request, from: studio.link)
        let first = bench.messages(studio.link).last
        let journal = try open(bench)
        try journal.commit(bench.records)

        let second = try HubBench(takingUp: bench, from: journal)
        let back = second.attach(second.link(), user: "ana")
        second.receive(request, from: back.link)
        #expect(second.messages(back.link).last == first)
        #expect(second.records.isEmpty)
        // Another worker's request of the same number is another request.
        let link = second.silentLink()
        second.receive(.hello(.init(worker: 1, pid: 1, incarnation: 9)), from: link)
        let other = second.attach(link, user: "ben")
        second.receive(
            .request(RequestID(rawValue: 77), other.id, .live(comment, moderator: false)),
            from: link
        )
        #expect(second.records.count == 2)
        // Long after, nobody asks any more.
        second.pass(bench.options.requestWindow + .seconds(2))
        #expect(second.core.state.requestAnswers.count == 0)
    }

    @Test func historyIsLoadedWhenItIsAskedFor() throws {
        let bench = HubBench()
        let link = bench.link()
        let ana = bench.attach(link, user: "ana")
        for value in 1...4 { try bench.publish(ana, "log:1", "\(value)") }
        let journal = try open(bench)
        try journal.commit(bench.records)
        var state = try HubState(options: bench.options, journal: journal)
        #expect(state.unloadedEnd(of: "log:1") == 5)
        #expect(state.unloadedEnd(of: "log:2") == nil)
        // What is published before it is loaded is not lost, nor out of order.
        let position = try #require(state.logs["log:1"]).position
        let next = Position(epoch: position.epoch, offset: 5)
        let entry = ChannelLog.Entry(at: bench.now, kind: .event, json: Array("5".utf8))
        state.apply(.publication(channel: "log:1", next, entry))
        let end = try #require(state.unloadedEnd(of: "log:1"))
        let log = try #require(state.logs["log:1"])
        state.load(
            try journal.entries(of: "log:1", before: end, limits: log.limits),
            of: "log:1"
        )
        #expect(state.unloadedLogs.isEmpty)
        let loaded = try #require(state.logs["log:1"])
        #expect(loaded.count == 5 && loaded.position == next && loaded.oldestOffset == 1)
    }

    @Test func aHubThatCannotRecordChangesNothingAndWaits() throws {
        let bench = HubBench()
        let studio = bench.attach(bench.link(), user: "ana", controls: ["a"])
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        try bench.publish(studio, "latest:1", "1")
        let journal = try open(bench)
        try journal.commit(bench.records)

        let second = try HubBench(takingUp: bench, from: journal, isReadOnly: true)
        let link = second.link()
        let ben = second.attach(link, user: "ben")
        for (method, data) in [
            ("comment.send", #"{"stream":"a","text":"x"}"#), ("live.stop", #"{"stream":"a"}"#),
            ("user.ban", #"{"stream":"a","user":"u"}"#), ("live.start", #"{"stream":"b"}"#),
        ] {
            #expect(second.refusal(ben, method, data, moderator: true) == .notAvailable)
        }
        for channel in ["log:1", "latest:1"] {
            do throws(ErrorReply) {
                try second.publish(ben, channel, "2")
                Issue.record("published on \(channel)")
            } catch {
                #expect(error.retryAfterMilliseconds == 1_000)
            }
        }
        // What needs no record goes on.
        try second.publish(ben, "plain:1", "2")
        #expect(second.refusal(ben, "live.get", #"{"stream":"a"}"#) == nil)
        _ = try second.subscribe(ben, "live:a")
        _ = try second.subscribe(ben, "log:1")
        // Neither the broadcaster's absence nor time changes anything that could not be recorded.
        second.pass(.seconds(600))
        #expect(second.records.isEmpty)
        #expect(second.core.state.streams["a"]?.state == .live)
        second.feed(.journalRecovered)
        second.pass(.seconds(1))
        #expect(second.core.state.streams["a"]?.state == .interrupted)
        second.pass(.seconds(60))
        #expect(second.core.state.streams["a"]?.state == .offline)
    }

    @Test(arguments: 0..<4)
    func aRandomScriptOnAHubThatCannotRecordRecordsNothing(seed: UInt64) throws {
        let bench = HubBench()
        var script = RandomScript(bench: bench, seed: seed)
        for _ in 0..<300 { script.step() }
        let journal = try open(bench)
        try journal.commit(bench.records)
        let second = try HubBench(takingUp: bench, from: journal, isReadOnly: true)
        var more = RandomScript(bench: second, seed: seed + 1)
        for _ in 0..<500 { more.step() }
        #expect(second.records.isEmpty)
        second.feed(.journalRecovered)
        for _ in 0..<500 { more.step() }
        #expect(second.records.count > 100)
    }

    @Test func graceWaitsForBroadcastersAfterAStart() throws {
        let bench = HubBench()
        let studio = bench.attach(bench.link(), user: "ana", controls: ["a"])
        try bench.run(studio, "live.start", #"{"stream":"a"}"#)
        bench.detach(studio)
        #expect(bench.core.state.streams["a"]?.state == .interrupted)
        let journal = try open(bench)
        try journal.commit(bench.records)
        // The hub was away for longer than the grace period.
        bench.pass(.seconds(25))
        let second = try HubBench(takingUp: bench, from: journal)
        second.pass(HubOptions.settlingTime - .seconds(1))
        #expect(second.core.state.streams["a"]?.state == .interrupted)
        _ = second.attach(second.link(), user: "ana", controls: ["a"])
        #expect(second.core.state.streams["a"]?.state == .live)
    }
}
