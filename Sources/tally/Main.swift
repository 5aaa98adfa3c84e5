// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Bench
import Journal

/// Where every process of Tally starts.
@main
enum Main {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        // A child of the supervisor: straight to its role, so that a restart takes no parsing.
        if let role = arguments.first.flatMap(ChildRole.init) {
            role.run(arguments: Array(arguments.dropFirst()))
        }
        if arguments.first == PluginCheckProcess.role {
            PluginCheckProcess.run(arguments: Array(arguments.dropFirst()))
        }
        if arguments.first == CheckpointerLaunch.subcommand {
            CheckpointerRole.run(arguments: Array(arguments.dropFirst()))
        }
        if arguments.first == LoadProcess.subcommand {
            LoadRole.run(arguments: Array(arguments.dropFirst()))
        }
        do {
            var command = try Tally.parseAsRoot(arguments)
            try command.run()
        } catch let failure as CommandFailure {
            failure.exit()
        } catch {
            Tally.exit(withError: error)
        }
    }
}
