// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import JSON

struct RPCCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rpc",
        abstract: "Call a method of the server, or of a plugin, and print its result.",
        discussion: """
              tally rpc live.get '{"stream":"show"}'
              tally rpc media-nginx-rtmp.key.list '{"stream":"show"}'

            Without a token it signs one that may do everything on the stream that the data names, \
            or that --stream does.
            """
    )

    @Argument(help: "The method, PLUGIN.METHOD for a plugin's.")
    var method: String

    @Argument(help: "A JSON object.")
    var data: String = "{}"

    @Option(help: "A stream that the call is about, where its data does not say.")
    var stream: String?

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let bytes = try JSONArgument.object(data, name: "the data", example: #"'{"key":1}'"#)
        // It was read before, with the same limits.
        let parsed = try JSONArgument.value(of: bytes)
        let named = stream ?? parsed["stream"]?.string
        let conversation = try Conversation(
            connection,
            streams: named.map { [$0] } ?? [],
            allowing: [.subscribe, .publish, .history, .presence, .control, .moderate]
        )
        let result = try conversation.call(method, isRepeatable: false) { writer in
            for (key, value) in parsed.members {
                writer.key(key)
                writer.value(value)
            }
        }
        conversation.end()
        Console.print(String(decoding: result.serialized(), as: UTF8.self))
    }
}
