// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct StreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Start, stop, update and look at live streams.",
        discussion: """
              tally stream start show --title "Morning show" --meta '{"lang":"en"}'
              tally stream update show --title "Morning show, part 2"
              tally stream list --state live
              tally stream stop show --reason "see you tomorrow"

            A stream's id is a-z, 0-9, - and _, up to 64 of them.
            """,
        subcommands: [
            StreamStartCommand.self, StreamStopCommand.self, StreamUpdateCommand.self,
            StreamShowCommand.self, StreamListCommand.self, StreamKeyCommand.self,
        ]
    )
}

/// The stream that a command is about.
struct StreamArgument: ParsableArguments {
    @Argument(help: "The stream's id.")
    var stream: String
}
