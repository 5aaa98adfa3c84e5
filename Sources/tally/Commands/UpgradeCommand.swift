// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Supervisor

struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Go on with a newly installed program, without disconnecting anyone.",
        discussion: """
            Has the Tally that serves from the data folder start the program that now lies under the \
            path by which it was started, and waits until all its processes run it. The same as \
            USR2. The program is asked first whether it understands what it would get, the manifest \
            too; when it does not, or its workers do not come up, the old one goes on, and the exit \
            status is not 0.
            """
    )

    @OptionGroup var server: OperatorOptions

    func run() throws {
        try server.ask(.upgrade)
    }
}
