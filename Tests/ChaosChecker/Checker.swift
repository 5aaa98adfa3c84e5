// SPDX-License-Identifier: Apache-2.0

/// Looks for broken promises in a history, event by event.
///
/// It is pure: it takes what happened and remembers; nothing that it looks at comes from anywhere
/// else. Where clocks or lost answers leave it open whether a promise was broken, it says nothing.
package struct Checker {
    /// A place in a channel's history.
    struct Place: Hashable {
        let channel: String
        let epoch: String
        let offset: UInt64
    }

    struct Known {
        var content: Content
        /// The comment that was there before it was deleted.
        var deleted: Content?
        /// Who saw it at first; a few are enough to tell.
        var seen: [Int]
        static let maximumSeenCount = 8
    }

    /// How long after the last change a count may be wrong.
    package static let countTolerance = Duration.seconds(2)
    /// How long after a worker's fault a client may still read what it wrote before.
    private static let readingTime = Duration.seconds(3)

    package private(set) var history: [HistoryEvent] = []
    package private(set) var violations: [Violation] = []
    package internal(set) var figures = Figures()

    var places: [Place: Known] = [:]
    /// Of channels that have a history, and the last event that told it.
    var epochs: [String: (epoch: String, event: Int)] = [:]
    var viewers: [Viewer: Sequence] = [:]
    var comments: [String: Comment] = [:]
    var publications: [String: Publication] = [:]
    var requests: [Int: (ask: HistoryEvent.Ask, event: Int)] = [:]
    var deletions: [CommentKey: Deletion] = [:]
    var mutes: [Muted: MutePeriod] = [:]
    /// The highest generation that anyone knew of, and from which event.
    var generations: [String: (value: Int64, event: Int)] = [:]
    /// The last stop of a channel's stream that was acknowledged.
    var stops: [String: (generation: Int64, event: Int)] = [:]
    var quietSince: Int?
    /// The last fault of each worker.
    private var faults: [Int: Int] = [:]
    private var connections: [String: (worker: Int, event: Int)] = [:]

    package init() {}

    /// All violations of a whole history.
    package static func check(_ history: [HistoryEvent]) -> [Violation] {
        var checker = Checker()
        for event in history { checker.take(event) }
        return checker.violations
    }

    package mutating func take(_ event: HistoryEvent) {
        let index = history.count
        history.append(event)
        switch event.what {
        case .fault(_, let workers):
            figures.faults += 1
            quietSince = nil
            for worker in workers { faults[worker] = index }
        case .healed:
            break
        case .connected(let worker):
            connections[event.client] = (worker, index)
        case .disconnected(let reason, let isOwn):
            quietSince = nil
            let connection = connections.removeValue(forKey: event.client)
            guard !isOwn, let connection else { return }
            checkEnd(of: connection, reason: reason, index)
        case .sentAway(let reason):
            report(.clientsAreKept, "\(event.client): \(reason)", [index])
        case .subscribed(let subscribed):
            quietSince = nil
            take(subscribed, from: event.client, index)
        case .delivered(let channel, let entry):
            takeLive(entry, on: channel, from: event.client, index)
        case .told(let channel, let text):
            takeTold(text, on: channel, by: event.client, index)
        case .history(let channel, let epoch, let askedAt, let entries):
            takeHistory(channel, epoch, askedAt, entries, index)
        case .finalHistory(let channel, let epoch, let askedAt, let entries):
            takeHistory(channel, epoch, askedAt, entries, index)
            checkWhole(channel, epoch, entries, index)
            checkFeed(channel, entries, index)
        case .asked(let request, let ask):
            requests[request] = (ask, index)
            take(ask, at: event.at, index)
        case .answered(let request, let answer):
            guard let asked = requests.removeValue(forKey: request) else { return }
            take(answer, to: asked.ask, asked: asked.event, index)
        case .quiet:
            quietSince = index
        case .counted(let channel, let expected, let seen):
            checkCount(channel, expected: expected, seen: seen, index)
        case .inventory(let what, let atStart, let now):
            if now > atStart {
                report(.nothingLeaks, "\(what): \(atStart) at the start, \(now) now", [index])
            }
        case .overdue(let what):
            report(.serviceComesBack, what, [index])
        }
    }

    mutating func report(_ rule: Violation.Rule, _ message: String, _ evidence: [Int]) {
        violations.append(
            Violation(rule: rule, message: message, evidence: Set(evidence).sorted())
        )
    }

    private mutating func checkCount(_ channel: String, expected: Int, seen: Int, _ index: Int) {
        guard let quietSince, seen != expected else { return }
        guard history[index].at - history[quietSince].at > Self.countTolerance else { return }
        report(
            .countsAreRight,
            "\(channel): \(seen) viewers counted, \(expected) are there",
            [quietSince, index]
        )
    }

    private mutating func checkEnd(
        of connection: (worker: Int, event: Int),
        reason: String,
        _ index: Int
    ) {
        if let fault = faults[connection.worker],
            history[fault].at > history[connection.event].at - Self.readingTime
        {
            return
        }
        report(
            .connectionsStay,
            "\(history[index].client) lost worker \(connection.worker): \(reason)",
            [connection.event, index]
        )
    }

    // MARK: What is where

    /// Notes that somebody saw a content at a place, and compares it with what others saw there.
    mutating func see(_ entry: HistoryEvent.Entry, at place: Place, _ index: Int) {
        noteGeneration(entry.content, on: place.channel, index)
        guard var known = places[place] else {
            places[place] = Known(content: entry.content, deleted: nil, seen: [index])
            placeComment(entry.content, at: place, index)
            return
        }
        if known.seen.count < Known.maximumSeenCount { known.seen.append(index) }
        if known.content !== entry.content, known.content.json != entry.content.json {
            if entry.content.isTombstone, known.content.comment == entry.content.comment {
                known.deleted = known.content
                known.content = entry.content
            } else if known.content.isTombstone, known.deleted == nil,
                known.content.comment == entry.content.comment
            {
                // Came late: it was sent before it was deleted.
                known.deleted = entry.content
                placeComment(entry.content, at: place, index)
            } else if entry.content.json != known.deleted?.json {
                let acknowledgements = [known.content, entry.content].compactMap { content in
                    comments[content.text]?.acknowledged?.event
                }
                report(
                    .viewersAgree,
                    "\(place): \(known.content.json) and \(entry.content.json)",
                    acknowledgements + [known.seen[0], index]
                )
            }
        }
        places[place] = known
    }

    private mutating func noteGeneration(_ content: Content, on channel: String, _ index: Int) {
        let known = generations[channel]
        if content.generation > known?.value ?? 0 {
            generations[channel] = (content.generation, index)
        }
    }
}

extension Checker.Place: CustomStringConvertible {
    var description: String { "\(channel) \(epoch):\(offset)" }
}

/// How much a history covers.
package struct Figures: Sendable {
    package internal(set) var faults = 0
    package internal(set) var acknowledgedComments = 0
    package internal(set) var refusals = 0
    package internal(set) var lostAnswers = 0
    package internal(set) var deliveries = 0
    package internal(set) var recoveries = 0
    package internal(set) var recoveredPublications = 0
    package internal(set) var failedRecoveries = 0
    package internal(set) var deletions = 0
    package internal(set) var mutes = 0
    package internal(set) var starts = 0
    /// On feeds, and acknowledged.
    package internal(set) var publications = 0
}
