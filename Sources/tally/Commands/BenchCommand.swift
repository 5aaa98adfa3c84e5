// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure a Tally that runs: memory of idle viewers, the way of a comment.",
        discussion: """
              tally bench idle --data data --viewers 10000
              tally bench comments --data data --viewers 100 --rate 10 --seconds 30

            Point it at a server of your own: it connects as many viewers as it is told. Compare \
            figures of one machine and one run with each other, not with another's.
            """,
        subcommands: [BenchIdleCommand.self, BenchCommentsCommand.self]
    )
}

/// What every measurement needs.
struct BenchOptions: ParsableArguments {
    @Option(help: "The stream whose viewers they are.")
    var stream = "bench"

    @Option(help: "How many viewers.")
    var viewers = 100

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        // A process has at most this many descriptors on common systems.
        guard (1...19_000).contains(viewers) else {
            throw ValidationError("--viewers takes 1 to 19000")
        }
    }
}
