// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import JSON

struct StreamUpdateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change a stream's title or metadata."
    )

    @OptionGroup var stream: StreamArgument

    @Option(help: "The title that viewers see.")
    var title: String?

    @Option(help: "A JSON object for the application.")
    var meta: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard title != nil || meta != nil else {
            throw ValidationError("Give --title or --meta: what is to change?")
        }
    }

    func run() throws {
        let meta = try meta.map(JSONArgument.object)
        let conversation = try Conversation(
            connection,
            streams: [stream.stream],
            allowing: [.control]
        )
        let snapshot = try conversation.call("live.update", isRepeatable: true) { data in
            data.member("stream", stream.stream)
            data.member("title", title)
            if let meta {
                data.key("meta")
                data.raw(meta)
            }
        }
        output.print(snapshot)
        conversation.end()
    }
}
