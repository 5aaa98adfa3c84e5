// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import JSON

struct StreamStopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a stream, and show its totals."
    )

    @OptionGroup var stream: StreamArgument

    @Option(help: "What viewers are told.")
    var reason: String?

    @Option(help: "Stop only this generation, not one that was started since.")
    var generation: UInt64?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let conversation = try Conversation(
            connection,
            streams: [stream.stream],
            allowing: [.control]
        )
        let snapshot = try conversation.call("live.stop", isRepeatable: false) { data in
            data.member("stream", stream.stream)
            data.member("reason", reason)
            if let generation {
                data.key("generation")
                data.integer(generation)
            }
        }
        output.print(snapshot)
        conversation.end()
    }
}
