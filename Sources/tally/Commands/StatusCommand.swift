// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import JSON
import Manifest
import Reactor
import StatusPage

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the processes of the Tally that serves from a data folder.",
        discussion: """
            Reads the status page in the data folder: it asks no process, so it works when one hangs. \
            With --json:

              {"running":true,"listen":["127.0.0.1:8000"],"processes":[
                {"role":"worker","index":0,"pid":7,"phase":"serving","restarts":0,
                 "age_ms":1000,"connections":12,"counters":{...}},...],
               "retiring":[...]}

            Retiring are processes that a reload or an upgrade replaced and that finish what they have.

            Exit status 69 when no Tally serves from the folder.
            """
    )

    @Option(help: ArgumentHelp("The data folder.", valueName: "dir"))
    var data: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let folder = data ?? environment["TALLY_DATA"] ?? Configuration().data
        let status: StatusSnapshot
        do throws(StatusError) {
            status = try StatusReader.read(folder: folder)
        } catch {
            throw CommandFailure(.unavailable, error.description)
        }
        let now = WallClock.now()
        if output.json {
            Console.print(StatusText.json(status, now: now))
        } else if status.isSupervisorAlive {
            for line in StatusText.lines(status, now: now) { Console.print(line) }
        }
        guard status.isSupervisorAlive else {
            throw CommandFailure(
                .unavailable,
                "no Tally serves from \(folder)",
                advice: "start one with: tally serve --data \(folder)"
            )
        }
    }
}
