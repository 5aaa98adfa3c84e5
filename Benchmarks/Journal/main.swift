// SPDX-License-Identifier: Apache-2.0

// What the hub's core and its journal do together on one core: `make bench-journal`.

import Channels
import Foundation
import Hub
import HubLink
import Journal
import Live
import Manifest
import Reactor

/// A hub with one worker's link, without sockets.
struct CommentMill {
    private var core: HubCore
    private let journal: Journal
    private let link = LinkID(rawValue: 1)
    private var clock: Int64
    private var count: UInt64 = 0
    private(set) var sentByteCount = 0

    static let users: UInt64 = 1_000

    init(folder: String, sync: JournalSettings.Sync) throws {
        var configuration = Configuration()
        configuration.journal.sync = sync
        let options = HubOptions(configuration)
        journal = try Journal(folder: folder, options: options.journalOptions)
        clock = WallClock.now()
        core = HubCore(options: options, seed: 1, now: Timestamp(milliseconds: clock))
        try feed([.linkOpened(link), .received(link, .hello(.init(worker: 0, pid: 1)))])
        for user in 0..<Self.users {
            let info = ClientInfo(
                user: "user-\(user)",
                client: ClientID(high: user, low: 0),
                connectionInfo: []
            )
            let identity = SessionIdentity(info: info, name: "Ana", controlledStreams: [])
            try feed([.received(link, .attach(SessionID(rawValue: user), identity))])
        }
        let start = LiveCommand.start(.init(stream: "show", keep: true))
        try feed([request(0, start)])
        let subscribe = HubRequest.Subscribe(
            channel: "live:show",
            recover: nil,
            wantsPosition: true,
            wantsRecovery: true
        )
        let id = RequestID(rawValue: .max)
        try feed([.received(link, .request(id, SessionID(rawValue: 0), .subscribe(subscribe)))])
    }

    /// One loop turn with so many comments.
    mutating func turn(_ size: Int) throws {
        let events = (0..<size).map { _ in
            let text = "comment number \(count) of somebody who has something to say about it"
            return request(count % Self.users, .sendComment(.init(stream: "show", text: text)))
        }
        clock += 1
        try feed(events)
    }

    private mutating func request(_ user: UInt64, _ command: LiveCommand) -> HubEvent {
        count += 1
        return .received(
            link,
            .request(
                RequestID(rawValue: count),
                SessionID(rawValue: user),
                .live(command, moderator: true)
            )
        )
    }

    private mutating func feed(_ events: [HubEvent]) throws {
        var records: [JournalRecord] = []
        var messages: [HubMessage] = []
        for event in events {
            for action in core.handle(event, now: Timestamp(milliseconds: clock)) {
                switch action {
                case .record(let record): records.append(record)
                case .send(_, let message), .broadcast(_, let message): messages.append(message)
                case .drop(_, let fault): fatalError("\(fault)")
                }
            }
        }
        try journal.commit(records)
        var writer = LinkWriter()
        for message in messages { writer.append(message) }
        sentByteCount += writer.take().count
        if journal.needsUpkeep { try journal.keepUp(now: Timestamp(milliseconds: clock)) }
    }
}

func withFolder(_ body: (String) throws -> Void) throws {
    let base = CommandLine.arguments.dropFirst().first ?? NSTemporaryDirectory()
    let folder = base + "/tally-bench-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}

func measureComments(_ sync: JournalSettings.Sync, turnSize: Int) throws {
    try withFolder { folder in
        var mill = try CommentMill(folder: folder, sync: sync)
        var turns: [Duration] = []
        let start = MonotonicTime.now()
        let cpuStart = clock()
        while MonotonicTime.now() - start < .seconds(3) {
            let before = MonotonicTime.now()
            try mill.turn(turnSize)
            turns.append(MonotonicTime.now() - before)
        }
        let elapsed = Double((MonotonicTime.now() - start).milliseconds) / 1_000
        turns.sort()
        // Of this process alone, for machines that do something else meanwhile.
        let cpu = Double(clock() - cpuStart) / Double(CLOCKS_PER_SEC)
        let count = Double(turns.count * turnSize)
        let rate = "\(Int(count / elapsed)) comments/s, \(Int(count / cpu)) a CPU second"
        print(
            "\(sync.rawValue), \(turnSize) comments a turn: \(rate); a turn's median "
                + "\(turns[turns.count / 2]), 99th percentile \(turns[turns.count * 99 / 100]), "
                + "most \(turns[turns.count - 1])"
        )
    }
}

func measureOpening(streams: Int, eventsPerStream: Int) throws {
    try withFolder { folder in
        let options = HubOptions(Configuration())
        let text = String(repeating: "x", count: 150)
        do {
            let journal = try Journal(folder: folder, options: options.journalOptions)
            for stream in 0..<streams {
                var state = LiveStream(id: "s\(stream)")
                state.title = "A stream"
                let name = "live:s\(stream)"
                var records: [JournalRecord] = [.stream(state)]
                for offset in 1...UInt64(eventsPerStream) {
                    let entry = ChannelLog.Entry(
                        at: Timestamp(milliseconds: WallClock.now()),
                        kind: .comment(by: .user("u\(offset % 100)"), generation: 1),
                        json: Array(#"{"data":{"text":"\#(text)"}}"#.utf8)
                    )
                    let position = Position(epoch: "epoch", offset: offset)
                    records.append(.publication(channel: name, position, entry))
                }
                try journal.commit(records)
                if journal.needsUpkeep {
                    try journal.keepUp(now: Timestamp(milliseconds: WallClock.now()))
                }
            }
        }
        let before = MonotonicTime.now()
        let journal = try Journal(folder: folder, options: options.journalOptions)
        let state = try HubState(options: options, journal: journal)
        let opened = MonotonicTime.now()
        let log = state.logs["live:s0"]
        let entries = try journal.entries(
            of: "live:s0",
            before: (log?.topOffset ?? 0) + 1,
            limits: LogLimits.of(log)
        )
        let loaded = MonotonicTime.now()
        print(
            "a journal of \(streams * eventsPerStream) events of \(streams) streams: opened in "
                + "\(opened - before); the newest \(entries.count) of one stream in "
                + "\(loaded - opened)"
        )
    }
}

enum LogLimits {
    static func of(_ log: ChannelLog?) -> ChannelLog.Limits {
        log?.limits
            ?? ChannelLog.Limits(maximumCount: 0, maximumByteCount: 0, lifetime: .zero)
    }
}

for sync in JournalSettings.Sync.allCases {
    for turnSize in [1, 16, 128, 1_024] { try measureComments(sync, turnSize: turnSize) }
}
try measureOpening(streams: 1_000, eventsPerStream: 1_000)
try measureOpening(streams: 10, eventsPerStream: 100_000)
