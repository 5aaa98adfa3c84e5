// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Supervisor

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Serve by the manifest as it is now, without disconnecting anyone.",
        discussion: """
            Has the Tally that serves from the data folder read its manifest again, by the flags and \
            the environment of its start, and waits until its workers are replaced; they hand \
            their connections over. The same as HUP. A wrong manifest changes nothing: what is wrong \
            is printed, and the exit status is 78.
            """
    )

    @OptionGroup var server: OperatorOptions

    func run() throws {
        try server.ask(.reload)
    }
}
