// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Bench
import Reactor

struct BenchConnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Many viewers that come at once: how fast they are in, what each costs.",
        discussion: """
            A viewer is there when it is subscribed; of a plain server, when its WebSocket is open.
            """
    )

    /// Viewers that come before anything counts.
    private static let warmUpCount = 100

    @OptionGroup var options: LoadOptions

    func run() throws {
        let server = try options.measuring { try options.server() }
        try options.startStream()
        let loop = try EventLoop()
        let target = try options.target()
        let fleet = try options.fleet(loop, target, reserve: Self.warmUpCount)
        let result = try options.measuring {
            try ConnectStorm(fleet: fleet, server: server).run(
                viewers: options.viewers,
                concurrency: options.concurrency,
                warmUpCount: Self.warmUpCount,
                within: .seconds(300)
            )
        }
        report(result).print(options.output)
        if result.counts.begun == 0 {
            throw CommandFailure(.unavailable, Console.harmless(result.counts.firstLoss))
        }
    }

    private func report(_ result: ConnectStorm.Result) -> BenchReport {
        let time = result.time / .seconds(1)
        var report = BenchReport()
        report.append("viewers", "viewers that came", .count(result.counts.begun))
        report.append("seconds", "until all were in", .number(time), unit: "s")
        report.append(
            "connects_per_second",
            "viewers a second",
            .number(Double(result.counts.begun) / max(time, 1e-9))
        )
        report.append("arrival", "from connecting to being in", result.counts.arrival)
        if !result.processorTimes.isEmpty {
            report.append(
                processorTimes: result.processorTimes,
                per: result.counts.begun,
                named: "connection"
            )
        }
        report.append(
            "load_cpu_us_per_connection",
            "load: processor time per connection",
            .number(Double(result.loadProcessorTime) / 1e3 / Double(max(result.counts.begun, 1))),
            unit: "µs"
        )
        report.append(result.counts, viewers: result.counts.begun, seconds: time)
        return report
    }
}
