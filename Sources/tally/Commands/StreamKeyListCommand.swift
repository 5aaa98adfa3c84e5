// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import JSON
import Reactor

struct StreamKeyListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List a stream's keys by their ids, never the keys."
    )

    @OptionGroup var stream: StreamArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let result = try StreamKeyCommand.ask("list", of: stream.stream, connection)
        if output.json { return StreamKeyCommand.print(result) }
        let keys = result["keys"]?.elements ?? []
        guard !keys.isEmpty else { return Console.complain("No keys.") }
        var table = Table([("ID", .left), ("MADE BY", .left), ("AGE", .right), ("ENDS IN", .right)])
        let now = WallClock.now()
        for key in keys {
            let age = key["created_at"]?.integer.map { ReadableTime.age(milliseconds: now - $0) }
            let rest = key["expires_at"]?.integer.map { ReadableTime.age(milliseconds: $0 - now) }
            table.append([
                SnapshotText.text(key, "id"),
                Console.harmless(key["created_by"]?.string ?? ""), age ?? "-", rest ?? "-",
            ])
        }
        for line in table.lines { Console.print(line) }
    }
}
