// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure a server that runs: fan-out, storms, memory, the way of a comment.",
        discussion: """
              tally bench fanout --data data --viewers 5000 --rate 10 --seconds 10
              tally bench connect --data data --viewers 10000
              tally bench recover --data data --viewers 5000
              tally bench idle --data data --viewers 10000
              tally bench comments --data data --viewers 100 --rate 10 --seconds 30
              tally bench fanout --server-kind plain --url ws://127.0.0.1:9001/ --pid 4711

            Point it at a server of your own: it connects as many viewers as it is told. Those of \
            fanout, connect and recover decode nothing, in processes of their own; the \
            server's processor time is what the kernel counts. Compare figures of one machine and \
            one run with each other, not with another's.

            A Tally has limits that are made for people. To send more than 30 comments a second from \
            one client, raise client.publishes_per_second and publish_burst, commands_per_second and \
            command_burst, and maximum_pending_commands; maximum_new_connections_per_second lets a storm \
            in at once.
            """,
        subcommands: [
            BenchFanOutCommand.self, BenchConnectCommand.self, BenchRecoverCommand.self,
            BenchIdleCommand.self, BenchCommentsCommand.self,
        ]
    )
}

/// What every measurement needs.
struct BenchOptions: ParsableArguments {
    @Option(help: "The stream whose viewers they are.")
    var stream = "bench"

    @Option(help: "How many viewers.")
    var viewers = 100

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: BenchOutput

    func validate() throws {
        // A process has at most this many descriptors on common systems.
        guard (1...19_000).contains(viewers) else {
            throw ValidationError("--viewers takes 1 to 19000")
        }
    }
}
