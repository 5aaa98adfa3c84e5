// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels

struct StreamShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a stream's state, viewers and title."
    )

    @OptionGroup var stream: StreamArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let conversation = try Conversation(
            connection,
            streams: [stream.stream],
            allowing: [.subscribe]
        )
        let snapshot = try conversation.call("live.get", isRepeatable: true) { data in
            data.member("stream", stream.stream)
        }
        output.print(snapshot)
        conversation.end()
    }
}
