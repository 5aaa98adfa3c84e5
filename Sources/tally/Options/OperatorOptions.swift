// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import Manifest
import Reactor
import StatusPage
import Supervisor

/// Asks the supervisor of a data folder for something, and waits for the outcome.
struct OperatorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The data folder.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("How long to wait for the outcome.", valueName: "duration"))
    var timeout = DurationArgument(.seconds(300))

    func ask(_ request: OperatorRequest) throws(CommandFailure) {
        let folder =
            data ?? ProcessInfo.processInfo.environment["TALLY_DATA"] ?? Configuration().data
        let answer: OperatorAnswer
        do throws(SystemError) {
            answer = try OperatorLink.ask(
                request,
                folder: folder,
                until: .now() + timeout.duration
            )
        } catch {
            throw Self.failure(error, folder)
        }
        guard answer.status != 0 else {
            for line in answer.lines { Console.print(line) }
            return
        }
        throw CommandFailure(
            CommandFailure.Status(rawValue: answer.status) ?? .software,
            "the \(request.noun) was not done",
            details: answer.lines
        )
    }

    private static func failure(_ error: SystemError, _ folder: String) -> CommandFailure {
        switch error.code {
        case ENOENT, ECONNREFUSED:
            CommandFailure(
                .unavailable,
                "no Tally serves from \(folder)",
                advice: "name the folder that `tally serve` uses with --data"
            )
        case EACCES, EPERM:
            CommandFailure(
                .permission,
                "this user may not enter \(folder)",
                advice: "run as the user that runs `tally serve`"
            )
        case ETIMEDOUT:
            CommandFailure(
                .temporary,
                "no outcome yet; it goes on",
                advice: "`tally status` and the server's log say how far it is"
            )
        default:
            CommandFailure(
                .unavailable,
                "Tally did not answer: \(error)",
                advice: "`tally status` and the server's log say more"
            )
        }
    }
}
