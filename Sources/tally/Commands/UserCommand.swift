// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import JSON

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Act on a user's connections, wherever they are.",
        subcommands: [UserDisconnectCommand.self]
    )
}

struct UserDisconnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect",
        abstract: "End every connection of a user, on all workers.",
        discussion: """
              tally user disconnect ana --reason "signed out"

            SDKs do not come back by themselves after it. Whoever has a good token may all the \
            same: `tally token revoke --sub` takes that away.
            """
    )

    @Argument(help: "The user's id.")
    var target: String

    @Option(help: "What the client is told, at most 32 ASCII characters.")
    var reason: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let conversation = try Conversation(
            connection,
            channels: ["#" + target],
            allowing: [.moderate]
        )
        let result = try conversation.call("user.disconnect", isRepeatable: true) { data in
            data.member("user", target)
            data.member("reason", reason)
        }
        conversation.end()
        if output.json {
            return Console.print(String(decoding: result.serialized(), as: UTF8.self))
        }
        let count = result["connections"]?.integer ?? 0
        Console.print(count == 1 ? "1 connection ended." : "\(count) connections ended.")
    }
}
