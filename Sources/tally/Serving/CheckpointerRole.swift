// SPDX-License-Identifier: Apache-2.0

import Glibc
import Journal
import Reactor

/// The whole life of the hub's child that saves the journal's log.
enum CheckpointerRole {
    static func run(arguments: [String]) -> Never {
        guard let launch = CheckpointerLaunch(arguments: arguments) else {
            CommandFailure(
                .usage,
                "checkpointer: `tally serve` starts this process itself, do not start it by hand"
            ).exit()
        }
        guard dieWithParent(launch.parent) else { exit(EXIT_SUCCESS) }
        // Called by its number, it would be "exe".
        OwnProcess.setName("tally-journal")
        // A full disk is an answer to the hub, not an end.
        OwnProcess.surviveFileSizeLimit()
        do {
            try File.setCloseOnExec(launch.link)
            let checkpointer = try Checkpointer(folder: launch.dataFolder)
            try checkpointer.serve(Descriptor(owning: launch.link))
            exit(EXIT_SUCCESS)
        } catch {
            CommandFailure(.inputOutput, "checkpointer: \(error)").exit()
        }
    }
}
