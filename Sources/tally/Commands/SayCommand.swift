// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import JSON

struct SayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "say",
        abstract: "Comment on a live stream.",
        discussion: """
              tally say show "Good morning" --user ana

            Prints the comment's id once the server has taken it; with --json: id, offset, epoch and \
            time.
            """
    )

    @OptionGroup var stream: StreamArgument

    @Argument(help: "The comment.")
    var text: String

    @Option(help: "The id of the comment that this one answers.")
    var replyTo: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let conversation = try Conversation(
            connection,
            streams: [stream.stream],
            allowing: [.publish, .moderate]
        )
        let result = try conversation.call("comment.send", isRepeatable: true) { data in
            data.member("stream", stream.stream)
            data.member("text", text)
            data.member("reply_to", replyTo)
            data.member("idempotency_key", IdempotencyKey.make())
        }
        conversation.end()
        Console.print(
            output.json
                ? String(decoding: result.serialized(), as: UTF8.self)
                : SnapshotText.text(result, "id")
        )
    }
}
