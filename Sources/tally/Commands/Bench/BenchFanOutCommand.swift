// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Bench
import Reactor

struct BenchFanOutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fanout",
        abstract: "Messages at a rate to many viewers: what arrives, how soon, what it costs.",
        discussion: """
            Of a Tally the messages are comments of a moderator's, which are never left out. Of \
            others (--server-kind plain) they are frames that a connection more sends, or bodies \
            that are posted to --publish-url; the server sends each to all.
            """
    )

    @OptionGroup var options: LoadOptions

    @Option(help: "Messages a second.")
    var rate = 10

    @Option(help: "How long to send.")
    var seconds = 10

    @Option(help: "Bytes of each message; the least is 17, its stamp.")
    var size = 100

    @Option(help: "Send at the same rate for so long before anything counts.")
    var warmUp = DurationArgument(.seconds(1))

    @Option(help: "Look so long at what the server costs without messages.")
    var idle = DurationArgument(.seconds(1))

    @Option(help: ArgumentHelp("Post the messages to this address.", valueName: "url"))
    var publishURL: String?

    func validate() throws {
        guard (1...100_000).contains(rate), (1...3_600).contains(seconds) else {
            throw ValidationError("--rate takes 1 to 100000, --seconds 1 to 3600")
        }
        guard (17...60_000).contains(size) else {
            throw ValidationError("--size takes 17 to 60000")
        }
    }

    func run() throws {
        let server = try options.measuring { try options.server() }
        try options.startStream()
        let loop = try EventLoop()
        let target = try options.target()
        let fleet = try options.fleet(loop, target)
        let publisher = try options.publisher(loop, target, postingTo: publishURL)
        var plan = FanOut.Plan(
            viewers: options.viewers,
            rate: rate,
            time: .seconds(seconds),
            byteCount: size
        )
        plan.concurrency = options.concurrency
        plan.warmUp = warmUp.duration
        plan.idleTime = idle.duration
        let result = try options.measuring {
            try FanOut(fleet: fleet, publisher: publisher, server: server, plan: plan).run()
        }
        report(result).print(options.output)
        guard publisher.failure.isEmpty else {
            throw CommandFailure(
                .refused,
                Console.harmless(publisher.failure),
                advice: result.refused > 0 ? "`tally bench --help` names the limits to raise" : ""
            )
        }
    }

    private func report(_ result: FanOut.Result) -> BenchReport {
        let time = result.time / .seconds(1)
        let delivered = result.counts.delivered
        var report = BenchReport()
        report.append("viewers", "viewers", .count(options.viewers))
        report.append("sent", "messages sent", .count(result.sent))
        report.append("refused", "messages refused", .count(result.refused))
        report.append("delivered", "deliveries", .count(delivered))
        report.append("expected", "  of", .count(result.expected))
        report.append("seconds", "from first message to last delivery", .number(time), unit: "s")
        report.append(
            "deliveries_per_second",
            "deliveries a second",
            .number(Double(delivered) / time)
        )
        report.append("frames", "frames", .count(result.counts.frameCount))
        report.append("latency", "from sending to receiving", result.counts.latency)
        if !result.processorTimes.isEmpty {
            report.append(
                processorTimes: result.processorTimes,
                per: delivered,
                named: "delivery"
            )
            report.append(
                "server_idle_cpu_ms_per_second",
                "server: processor time a second without messages",
                .number(Double(result.idleProcessorTime) / 1e6),
                unit: "ms"
            )
            report.append(
                "server_net_cpu_us_per_delivery",
                "server: processor time per delivery without that",
                .number(Double(result.netProcessorTime) / 1e3 / Double(max(delivered, 1))),
                unit: "µs"
            )
            report.append(
                "deliveries_per_server_cpu_second",
                "deliveries per second of the server's processor",
                .number(Double(delivered) / max(Double(result.processorTime) / 1e9, 1e-9))
            )
        }
        report.append(
            "load_cpu_us_per_delivery",
            "load: processor time per delivery",
            .number(Double(result.loadProcessorTime) / 1e3 / Double(max(delivered, 1))),
            unit: "µs"
        )
        report.append(result.counts, viewers: options.viewers, seconds: time)
        return report
    }
}
