// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Bench
import Reactor

struct BenchRecoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Viewers that are all cut off at once, miss something and come back for it."
    )

    @OptionGroup var options: LoadOptions

    @Option(help: "Comments that are sent while nobody is there.")
    var missed = 20

    @Option(help: "Bytes of each comment; the least is 17, its stamp.")
    var size = 100

    func validate() throws {
        guard (0...1_000).contains(missed), (17...60_000).contains(size) else {
            throw ValidationError("--missed takes 0 to 1000, --size 17 to 60000")
        }
        guard options.serverKind == .tally else {
            throw ValidationError("only a Tally has something to recover from")
        }
    }

    func run() throws {
        let server = try options.measuring { try options.server() }
        try options.startStream()
        let loop = try EventLoop()
        let target = try options.target()
        let fleet = try options.fleet(loop, target)
        let publisher = try options.publisher(loop, target, postingTo: nil)
        let result = try options.measuring {
            try RecoveryStorm(fleet: fleet, publisher: publisher, server: server).run(
                viewers: options.viewers,
                missed: missed,
                byteCount: size,
                concurrency: options.concurrency
            )
        }
        report(result).print(options.output)
    }

    private func report(_ result: RecoveryStorm.Result) -> BenchReport {
        let counts = result.storm.counts
        let time = result.storm.time / .seconds(1)
        var report = BenchReport()
        report.append("viewers", "viewers cut off", .count(result.viewers))
        report.append("back", "viewers that came back", .count(counts.begun))
        report.append("recovered", "  with all that they missed", .count(counts.recovered))
        report.append(
            "recovered_messages",
            "messages that they recovered",
            .count(counts.recoveredMessages)
        )
        report.append(
            "expected_messages",
            "  of",
            .count(result.viewers * result.missed)
        )
        report.append("seconds", "until all were back", .number(time), unit: "s")
        report.append("arrival", "from connecting to having recovered", counts.arrival)
        if !result.storm.processorTimes.isEmpty {
            report.append(
                processorTimes: result.storm.processorTimes,
                per: counts.begun,
                named: "viewer"
            )
        }
        report.append(counts, viewers: counts.begun, seconds: time)
        return report
    }
}
