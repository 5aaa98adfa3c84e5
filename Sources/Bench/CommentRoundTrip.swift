// SPDX-License-Identifier: Apache-2.0

import Channels
package import Client
package import Histogram
import JSON
package import Reactor

/// How long a comment takes from its sender to the viewers, at a steady rate.
package final class CommentRoundTrip {
    package struct Result {
        /// Microseconds from sending to seeing, at viewers on other workers than the sender's.
        package let otherWorkers: Histogram<UInt64>
        /// The same at all viewers.
        package let allViewers: Histogram<UInt64>
        /// Microseconds from sending to the acknowledgement.
        package let acknowledgements: Histogram<UInt64>
        package let sentCount: Int
        package let refusedCount: Int
        package let expectedDeliveries: Int
    }

    private let loop: EventLoop
    private let crowd: Crowd
    private let sender: Client
    private let stream: String
    private var senderNode = ""
    private var sentAt: [MonotonicTime] = []
    private var refusedCount = 0
    private var otherWorkers = CommentRoundTrip.microseconds()
    private var allViewers = CommentRoundTrip.microseconds()
    private var acknowledgements = CommentRoundTrip.microseconds()

    /// The sender is not started yet.
    ///
    /// It needs `pub` on the stream, and `mod`, since moderators are exempt from the rate limit.
    package init(loop: EventLoop, crowd: Crowd, sender: Client, stream: String) {
        self.loop = loop
        self.crowd = crowd
        self.sender = sender
        self.stream = stream
        sender.onEvent = { [unowned self] event in
            if case .connected(let reply) = event { senderNode = reply["node"]?.string ?? "" }
        }
        crowd.onPublication = { [unowned self] node, publication in
            saw(publication, node: node)
        }
    }

    /// Sends `count` comments, `rate` a second, each of about 100 bytes.
    package func run(count: Int, rate: Int) throws -> Result {
        sender.start()
        try waitUntil("the sender's connection", within: .seconds(10)) { !senderNode.isEmpty }
        let interval = Duration.seconds(1) / rate
        var next = MonotonicTime.now()
        while sentAt.count < count {
            if MonotonicTime.now() >= next {
                send()
                next = next + interval
            }
            try loop.runOnce(maximumWait: max(.zero, next - MonotonicTime.now()))
        }
        let expected = UInt64(count * crowd.viewers.count)
        try? waitUntil("the last deliveries", within: .seconds(5)) {
            allViewers.totalCount >= expected
        }
        return Result(
            otherWorkers: otherWorkers,
            allViewers: allViewers,
            acknowledgements: acknowledgements,
            sentCount: count,
            refusedCount: refusedCount,
            expectedDeliveries: Int(expected)
        )
    }

    private func send() {
        let number = sentAt.count
        let now = MonotonicTime.now()
        sentAt.append(now)
        var data = JSONWriter()
        data.beginObject()
        data.key("stream")
        data.string(stream)
        data.key("text")
        data.string("\(number) " + String(repeating: "x", count: 90))
        data.endObject()
        sender.request(.rpc(method: "comment.send", data: data.bytes)) { [unowned self] result in
            switch result {
            case .success: record(since: now, in: &acknowledgements)
            case .failure: refusedCount += 1
            }
        }
    }

    private func saw(_ publication: Publication, node: String) {
        guard publication.data["type"]?.string == "comment",
            let text = publication.data["text"]?.string,
            let number = Int(text.prefix { $0 != " " }), sentAt.indices.contains(number)
        else { return }
        record(since: sentAt[number], in: &allViewers)
        if node != senderNode { record(since: sentAt[number], in: &otherWorkers) }
    }

    private func record(since start: MonotonicTime, in histogram: inout Histogram<UInt64>) {
        let elapsed = MonotonicTime.now() - start
        let (seconds, attoseconds) = elapsed.components
        histogram.record(UInt64(seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
    }

    private func waitUntil(
        _ what: String,
        within limit: Duration,
        _ condition: () -> Bool
    ) throws {
        let deadline = MonotonicTime.now() + limit
        while !condition() {
            guard MonotonicTime.now() < deadline else { throw BenchError.timedOut(what) }
            try loop.runOnce(maximumWait: .milliseconds(50))
        }
    }

    /// From 1 µs to a minute, to three digits.
    private static func microseconds() -> Histogram<UInt64> {
        Histogram(highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)
    }
}
