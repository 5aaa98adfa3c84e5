// SPDX-License-Identifier: Apache-2.0

import ChaosChecker
import ClientProtocol
import JSON
import Reactor

/// Writes down what happens to all clients, and lets the checker look at it at once.
final class Recorder {
    private(set) var checker = Checker()
    private let start = MonotonicTime.now()
    /// Of each event's bytes one copy, however many see it.
    private var contents: [String: Content] = [:]
    private var nextRequest = 1
    private(set) var openRequests: [Int: (client: String, askedAt: Duration)] = [:]
    private(set) var lastAcknowledgement = Duration.zero

    /// Since the run's start.
    var now: Duration { .now() - start }

    func record(_ client: String, _ what: HistoryEvent.What) {
        checker.take(HistoryEvent(now, client, what))
    }

    func recordAsk(_ client: String, _ ask: HistoryEvent.Ask) -> Int {
        defer { nextRequest += 1 }
        openRequests[nextRequest] = (client, now)
        record(client, .asked(request: nextRequest, ask))
        return nextRequest
    }

    func recordAnswer(_ client: String, _ request: Int, _ answer: HistoryEvent.Answer) {
        openRequests[request] = nil
        if case .comment = answer { lastAcknowledgement = now }
        record(client, .answered(request: request, answer))
    }

    func entry(_ publication: JSONValue) -> HistoryEvent.Entry? {
        guard let offset = publication["offset"]?.integer.flatMap({ UInt64(exactly: $0) }),
            offset > 0, let data = publication["data"]
        else { return nil }
        return HistoryEvent.Entry(offset, content(data))
    }

    private func content(_ data: JSONValue) -> Content {
        let json = String(decoding: data.serialized(), as: UTF8.self)
        if let known = contents[json] { return known }
        let type = data["type"]?.string ?? ""
        let isComment = type == "comment" || type == "comment.deleted"
        let content = Content(
            json: json,
            type: type,
            generation: data["generation"]?.integer ?? 0,
            at: data["at"]?.integer ?? 0,
            text: data["text"]?.string ?? "",
            user: data["user"]?.string ?? "",
            comment: isComment ? data["id"]?.string ?? "" : "",
            seconds: data["seconds"]?.integer ?? 0,
            isTombstone: type == "comment" && data["deleted"]?.bool == true
        )
        contents[json] = content
        return content
    }
}
