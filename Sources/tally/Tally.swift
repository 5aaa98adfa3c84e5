// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The `tally` command; each subcommand has a file of its own.
@main
struct Tally: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally",
        abstract: "A signaling and control plane for live broadcasts.",
        subcommands: [EchoCommand.self]
    )
}
