// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import StatusPage
import Supervisor

struct PluginReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "End a plugin's quarantine, without disconnecting anyone.",
        discussion: """
            Its record is clean then, and the workers are replaced by ones that have it; they hand \
            their connections over. Where a worker does not come up with it, it stays in quarantine: what \
            is wrong is printed, and the exit status is 70.

            A reload after its library or its manifest has changed ends a quarantine, too, and so does a \
            new start of Tally.
            """
    )

    @Argument(help: ArgumentHelp("The plugin's name.", valueName: "name"))
    var name: String

    @OptionGroup var server: OperatorOptions

    func validate() throws {
        guard PluginPlace.isName(name) else {
            throw ValidationError(
                "'\(name)' is no plugin's name; `tally plugin list` shows those that there are"
            )
        }
    }

    func run() throws {
        try server.ask(.release(plugin: name))
    }
}
