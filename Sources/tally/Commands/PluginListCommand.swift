// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Manifest
import Reactor
import StatusPage

struct PluginListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the plugins, what they were asked and how long they took.",
        discussion: """
            Reads files in the data folder: it asks no process, so it works when one hangs. Figures are \
            of all workers since Tally's start; times are of the loop, in which nobody else is served.

              STATE     active; quarantined: killed too many workers; absent: no manifest names it now
              WORKERS   that have an instance
              P50, P99  half, and 99 of 100, of the calls took no longer (to a quarter)
              WAITING   calls that the plugin has not answered yet
              DEATHS    of workers, by this plugin

            With --json:

              {"plugins":[{"name":"word-filter","version":"1.0.0","state":"active","workers":2,
                "pending":0,"deaths":0,"recent_deaths":0,"death_limit":3,"quarantined_at"?:...,
                "last_death"?:{"time":...,"by":"SIGSEGV","hook"?:"comment","function"?:"..."},
                "hooks":{"comment":{"calls":12,"rejections":1,...,"p50_ns":...,"p99_ns":...,
                "max_ns":...}},"counters":{...},"gauges":{...}}]}
            """
    )

    @Option(help: ArgumentHelp("The data folder.", valueName: "dir"))
    var data: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let folder = data ?? environment["TALLY_DATA"] ?? Configuration().data
        let plugins: [PluginStatus]
        let isServed: Bool
        do throws(StatusError) {
            isServed = try StatusReader.read(folder: folder).isSupervisorAlive
            plugins = try PluginReader.read(folder: folder)
        } catch {
            throw CommandFailure(.unavailable, error.description)
        }
        let now = WallClock.now()
        if output.json {
            Console.print(PluginText.json(plugins))
        } else if isServed {
            for line in PluginText.lines(plugins, now: now) { Console.print(line) }
        }
        guard isServed else {
            throw CommandFailure(
                .unavailable,
                "no Tally serves from \(folder)",
                advice: "start one with: tally serve --data \(folder)"
            )
        }
    }
}
