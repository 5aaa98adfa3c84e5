// SPDX-License-Identifier: Apache-2.0

import ChaosChecker

/// Makes histories by hand: what happens at the next tenth of a second.
struct HistoryBuilder {
    private(set) var events: [HistoryEvent] = []
    private var time = Duration.zero
    private var nextRequest = 1

    var violations: [Violation] { Checker.check(events) }
    var rules: [Violation.Rule] { violations.map(\.rule) }
    var now: Duration { time }

    mutating func add(_ client: String, _ what: HistoryEvent.What) {
        time += .milliseconds(100)
        events.append(HistoryEvent(time, client, what))
    }

    mutating func wait(_ duration: Duration) {
        time += duration
    }

    /// Asks, and is answered at once.
    mutating func request(
        _ client: String,
        _ ask: HistoryEvent.Ask,
        _ answer: HistoryEvent.Answer = .done
    ) {
        add(client, .asked(request: nextRequest, ask))
        add(client, .answered(request: nextRequest, answer))
        nextRequest += 1
    }

    mutating func say(_ text: String, by user: String = "ana", at offset: UInt64) {
        request(
            user,
            .comment(channel: "live:show", user: user, text: text),
            .comment(id: "e-\(offset)", epoch: "e", offset: offset)
        )
    }

    mutating func subscribe(
        _ client: String,
        at offset: UInt64,
        epoch: String = "e",
        recovered: Bool? = nil,
        missed: [HistoryEvent.Entry] = [],
        generation: Int64 = 1
    ) {
        add(
            client,
            .subscribed(
                .init(
                    channel: "live:show",
                    epoch: epoch,
                    offset: offset,
                    recovered: recovered,
                    missed: missed,
                    generation: generation,
                    askedAt: time
                )
            )
        )
    }

    mutating func see(_ client: String, _ entries: HistoryEvent.Entry...) {
        for entry in entries { add(client, .delivered(channel: "live:show", entry)) }
    }

    mutating func finish(_ entries: [HistoryEvent.Entry], epoch: String = "e") {
        add(
            "historian",
            .finalHistory(channel: "live:show", epoch: epoch, askedAt: time, entries)
        )
    }
}

func comment(
    _ text: String,
    at offset: UInt64,
    by user: String = "ana",
    generation: Int64 = 1,
    time: Int64 = 0
) -> HistoryEvent.Entry {
    HistoryEvent.Entry(
        offset,
        Content(
            json: "\(text)/\(offset)/\(user)/\(generation)",
            type: "comment",
            generation: generation,
            at: time,
            text: text,
            user: user,
            comment: "e-\(offset)"
        )
    )
}

func tombstone(at offset: UInt64) -> HistoryEvent.Entry {
    HistoryEvent.Entry(
        offset,
        Content(
            json: "deleted \(offset)",
            type: "comment",
            generation: 1,
            at: 0,
            comment: "e-\(offset)",
            isTombstone: true
        )
    )
}

func event(
    _ type: String,
    at offset: UInt64,
    user: String = "",
    seconds: Int64 = 0,
    generation: Int64 = 1,
    time: Int64 = 0
) -> HistoryEvent.Entry {
    HistoryEvent.Entry(
        offset,
        Content(
            json: "\(type)/\(offset)/\(user)",
            type: type,
            generation: generation,
            at: time,
            user: user,
            seconds: seconds
        )
    )
}
