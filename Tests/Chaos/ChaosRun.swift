// SPDX-License-Identifier: Apache-2.0

import Channels
import ChaosChecker
import Client
import Reactor
import StatusPage
import TestSupport

/// One run: rounds of chaos, each followed by a calm in which everything has to be right again.
final class ChaosRun {
    struct Options {
        var seed: UInt64
        var duration: Duration
        var faults: [Fault]
    }

    /// Why a run ended before it could tell.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// From the last fault until every process serves: restarts back off, a hang takes the
    /// heartbeat's time to be seen, and the machine may be busy.
    private static let healingTime = Duration.seconds(15)
    /// From then until everyone is back and is answered: clients and subscriptions back off, too.
    private static let settlingTime = Duration.seconds(15)
    /// Until a descriptor that nobody needs is closed.
    private static let closingTime = Duration.seconds(10)

    let recorder = Recorder()
    let server: Server
    private let options: Options
    private let loop: EventLoop
    private let theatre: Theatre
    private let saboteur: Saboteur
    private let startingDescriptors: [String: Int]
    private var broadcasters: [Broadcaster] = []
    private var commenters: [Commenter] = []
    private var moderators: [Moderator] = []
    private var watchers: [Watcher] = []
    private var publishers: [Publisher] = []
    private var historian: Historian
    /// Set by a signal: the run ends early, and checks what there is.
    var isInterrupted = false

    init(_ server: Server, options: Options, loop: EventLoop) throws {
        self.server = server
        self.options = options
        self.loop = loop
        try server.start()
        try Self.wait(loop, within: .seconds(30), for: "the first start") { server.isServing }
        try server.rememberAddress()
        theatre = try Theatre(
            loop: loop,
            recorder: recorder,
            url: try ServerURL(parsing: server.url),
            streams: ["breakfast", "concert", "match", "quiz"],
            secret: server.secret,
            seed: options.seed
        )
        saboteur = Saboteur(
            server,
            recorder: recorder,
            faults: options.faults,
            generator: theatre.generator()
        )
        // One visit first, so that what is opened once and for all is open.
        let visitor = Participant("visitor", in: theatre)
        visitor.subscribe("live:breakfast")
        try Self.wait(loop, within: .seconds(10), for: "the first visit") { visitor.isSettled }
        visitor.leave()
        try Self.wait(loop, within: .seconds(10), for: "the first leave") { [server] in
            server.connectionCount == 0
        }
        startingDescriptors = server.descriptorCounts()
        historian = try Historian(in: theatre)
    }

    // MARK: The course of a run

    func run() throws {
        try raiseCurtain()
        let end = MonotonicTime.now() + options.duration
        while MonotonicTime.now() < end, !isDone {
            try chaos(until: min(end, MonotonicTime.now() + .seconds(6)))
            try calm()
        }
        try lowerCurtain()
        try leave()
        try stop()
    }

    var figures: String {
        let figures = recorder.checker.figures
        let faults = saboteur.counts.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
        return """
            \(figures.faults) faults (\(faults))
            \(figures.acknowledgedComments) comments acknowledged, \(figures.refusals) requests \
            refused, \(figures.lostAnswers) answers lost
            \(figures.deliveries) deliveries to \(participants.count) clients and more before them
            \(figures.recoveries) recoveries of \(figures.recoveredPublications) publications, \
            \(figures.failedRecoveries) that could not recover
            \(figures.deletions) deletions, \(figures.mutes) mutes, \(figures.starts) starts, \
            \(figures.publications) publications on feeds
            """
    }

    private var isDone: Bool { isInterrupted || !recorder.checker.violations.isEmpty }

    private var participants: [Participant] {
        broadcasters.map(\.participant) + commenters.map(\.participant)
            + moderators.map(\.participant) + watchers.map(\.participant)
            + publishers.map(\.participant) + [historian.participant]
    }

    private func raiseCurtain() throws {
        let users = ["ana", "bob", "cem", "dora", "emil", "fay"]
        broadcasters = try theatre.streams.map { try Broadcaster(of: $0, in: theatre) }
        moderators = [
            try Moderator("mod-1", of: ["breakfast", "concert"], users: users, in: theatre),
            try Moderator("mod-2", of: ["match", "quiz"], users: users, in: theatre),
        ]
        watchers = (0..<12).map { Watcher($0, in: theatre) }
        commenters = try users.map { try Commenter($0, in: theatre) }
        publishers = try ["gil", "hana"].map { try Publisher($0, in: theatre) }
        historian.begin()
    }

    private func chaos(until end: MonotonicTime) throws {
        theatre.isCalm = false
        var next = MonotonicTime.now() + saboteur.pause()
        while MonotonicTime.now() < end, !isDone {
            try loop.runOnce(maximumWait: .milliseconds(50))
            try saboteur.repair()
            guard MonotonicTime.now() >= next else { continue }
            try saboteur.strike()
            next = MonotonicTime.now() + saboteur.pause()
        }
    }

    private func calm() throws {
        theatre.isCalm = true
        for watcher in watchers { watcher.participant.client.openTransport?.resumeReading() }
        try saboteur.repair(all: true)
        guard expect("every process serves", within: Self.healingTime, { server.isServing })
        else { return }
        recorder.record("", .healed)
        let healed = recorder.now
        guard
            expect(
                "all clients are connected and subscribed",
                within: Self.settlingTime,
                { participants.allSatisfy(\.isSettled) }
            ),
            expect(
                "a comment is acknowledged",
                within: Self.settlingTime,
                { recorder.lastAcknowledgement > healed }
            )
        else { return }
        recorder.record("", .quiet)
        for stream in theatre.streams { try count(stream) }
    }

    /// Asks for the count until it is right, or until the checker says that it took too long.
    private func count(_ stream: String) throws {
        let channel = "live:" + stream
        let start = recorder.now
        while !isDone {
            let expected = participants.count { $0.subscribed.contains(channel) }
            guard let seen = historian.viewerCount(of: stream, within: .seconds(5)) else {
                recorder.record("", .overdue("nobody said how many watch \(channel)"))
                return
            }
            recorder.record("", .counted(channel: channel, expected: expected, seen: seen))
            // Somebody went meanwhile, so it is not quiet: the next calm will tell.
            let isQuiet = participants.allSatisfy(\.isSettled)
            if seen == expected || !isQuiet || recorder.now - start > .seconds(5) { return }
            try pump(.milliseconds(50))
        }
    }

    private func lowerCurtain() throws {
        theatre.isCalm = true
        theatre.isOver = true
        guard recorder.checker.violations.isEmpty else { return }
        expect("every request is answered", within: .seconds(20)) {
            recorder.openRequests.isEmpty
        }
        // What they repeat is settled when nothing was asked for a while.
        try pump(.milliseconds(500))
        let channels = theatre.streams.map { "live:" + $0 } + [Theatre.loggedFeed]
        for channel in channels where !historian.readAll(of: channel, within: .seconds(20)) {
            recorder.record("", .overdue("the history of \(channel) cannot be read"))
        }
    }

    private func leave() throws {
        for participant in participants { participant.leave() }
        guard recorder.checker.violations.isEmpty else { return }
        expect("no connection is left", within: Self.closingTime) { server.connectionCount == 0 }
        try? Self.wait(loop, within: Self.closingTime, for: "descriptors to close") {
            descriptorGrowth.isEmpty && server.processes().count == Server.processCount
        }
        for (role, count) in server.descriptorCounts() {
            recorder.record(
                "",
                .inventory(
                    what: "descriptors of a \(role)",
                    atStart: startingDescriptors[role] ?? 0,
                    now: count
                )
            )
        }
        recorder.record(
            "",
            .inventory(
                what: "processes",
                atStart: Server.processCount,
                now: server.processes().count
            )
        )
    }

    private var descriptorGrowth: [String] {
        server.descriptorCounts().filter { $0.value > startingDescriptors[$0.key] ?? 0 }.map(\.key)
    }

    private func stop() throws {
        guard recorder.checker.violations.isEmpty else { return }
        server.terminate()
        var end: ExitStatus?
        expect("it ends when it is told to", within: .seconds(15)) {
            end = end ?? server.end()
            return end != nil && server.processes().isEmpty
        }
        if let end, end != .exited(0) {
            recorder.record("", .overdue("a clean end; it ended with \(end)"))
        }
    }

    // MARK: Waiting

    private func pump(_ time: Duration) throws {
        let end = MonotonicTime.now() + time
        while MonotonicTime.now() < end {
            try loop.runOnce(maximumWait: end - .now())
        }
    }

    @discardableResult
    private func expect(_ what: String, within limit: Duration, _ holds: () -> Bool) -> Bool {
        do {
            try Self.wait(loop, within: limit, for: what) {
                holds() || !recorder.checker.violations.isEmpty
            }
        } catch {
            recorder.record("", .overdue("\(what) (\(limit))"))
        }
        return recorder.checker.violations.isEmpty
    }

    private static func wait(
        _ loop: EventLoop,
        within limit: Duration,
        for what: String,
        until holds: () -> Bool
    ) throws {
        let deadline = MonotonicTime.now() + limit
        while !holds() {
            guard MonotonicTime.now() < deadline else { throw Failure("timed out: \(what)") }
            try loop.runOnce(maximumWait: .milliseconds(20))
        }
    }
}

extension ChaosRun.Failure {
    init(_ description: String) {
        self.description = description
    }
}
