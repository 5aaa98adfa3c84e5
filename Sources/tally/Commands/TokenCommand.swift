// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import Tokens

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Sign tokens, and revoke them.",
        discussion: """
            Without a subcommand it signs one:

              tally token --user ana --name Ana --allow sub,pub --channel live:show
              tally token revoke --sub ana

            `tally token sign --help` says more.
            """,
        subcommands: [TokenSignCommand.self, TokenRevokeCommand.self],
        defaultSubcommand: TokenSignCommand.self
    )

    /// A capability whose match is as narrow as its channels let it be.
    static func capability(channels: [String], allow: Permissions) -> Capability {
        let hasPattern = channels.contains { $0.contains("*") }
        return Capability(
            channels: channels,
            match: hasPattern ? .wildcard : .exact,
            allow: allow
        )
    }
}
