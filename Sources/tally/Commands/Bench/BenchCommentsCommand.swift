// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Bench
import Channels
import Client
import Histogram
import JSON
import Reactor

struct BenchCommentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "comments",
        abstract: "How long a comment takes from its sender to viewers on another worker."
    )

    @OptionGroup var options: BenchOptions

    @Option(help: "Comments a second.")
    var rate = 10

    @Option(help: "How long to send.")
    var seconds = 30

    func validate() throws {
        guard (1...10_000).contains(rate), (1...3_600).contains(seconds) else {
            throw ValidationError("--rate takes 1 to 10000, --seconds 1 to 3600")
        }
    }

    func run() throws {
        try startStream()
        let loop = try EventLoop()
        let url = try options.connection.serverURL()
        let crowd = Crowd(
            loop: loop,
            url: url,
            channel: "live:" + options.stream,
            token: "",
            security: try options.connection.security()
        )
        try crowd.gather(options.viewers, within: .seconds(60))
        var sender = ClientOptions()
        sender.security = try options.connection.security()
        sender.token = try options.connection.tokenSource(
            for: [options.stream],
            allowing: [.publish, .moderate]
        )
        let result = try CommentRoundTrip(
            loop: loop,
            crowd: crowd,
            sender: Client(loop: loop, url: url, options: sender),
            stream: options.stream
        ).run(count: rate * seconds, rate: rate)
        options.output.isJSON ? printJSON(result) : printTable(result)
        if !options.output.isJSON { Console.print("\(crowd.disconnectCount) connections lost") }
    }

    /// The stream may be live already, from an earlier measurement.
    private func startStream() throws {
        let conversation = try Conversation(
            options.connection,
            streams: [options.stream],
            allowing: .control
        )
        _ = try? conversation.call("live.start", isRepeatable: true) { data in
            data.member("stream", options.stream)
            data.member("keep", bool: true)
        }
        conversation.end()
    }

    private typealias Row = (name: String, values: Histogram<UInt64>)

    private func rows(_ result: CommentRoundTrip.Result) -> [Row] {
        [
            ("other_workers", result.otherWorkers), ("all_viewers", result.allViewers),
            ("acknowledgements", result.acknowledgements),
        ]
    }

    private func printTable(_ result: CommentRoundTrip.Result) {
        Console.print("\(result.sentCount) comments, \(result.refusedCount) refused")
        Console.print(
            "\(result.allViewers.totalCount) of \(result.expectedDeliveries) deliveries"
        )
        for row in rows(result) where row.values.totalCount > 0 {
            Console.print(
                "\(row.name): median \(row.values.valueAtPercentile(50)) µs, "
                    + "p99 \(row.values.valueAtPercentile(99)) µs, max \(row.values.max) µs "
                    + "(\(row.values.totalCount))"
            )
        }
    }

    private func printJSON(_ result: CommentRoundTrip.Result) {
        var json = JSONWriter()
        json.beginObject()
        json.key("sent")
        json.integer(result.sentCount)
        json.key("refused")
        json.integer(result.refusedCount)
        json.key("expected_deliveries")
        json.integer(result.expectedDeliveries)
        for row in rows(result) {
            json.key(row.name)
            json.beginObject()
            json.key("count")
            json.integer(row.values.totalCount)
            if row.values.totalCount > 0 {
                json.key("median_us")
                json.integer(row.values.valueAtPercentile(50))
                json.key("p99_us")
                json.integer(row.values.valueAtPercentile(99))
                json.key("max_us")
                json.integer(row.values.max)
            }
            json.endObject()
        }
        json.endObject()
        Console.print(String(decoding: json.bytes, as: UTF8.self))
    }
}
