// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import JSON

/// Keys that the plugin media-nginx-rtmp lets encoders in with: its RPC methods, with words.
struct StreamKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make, rotate, list and revoke the keys that encoders publish with.",
        discussion: """
              tally stream key create show      in OBS, the stream key is then: show?key=KEY
              tally stream key rotate show --keep-old 10m
              tally stream key revoke show

            For a server with the plugin media-nginx-rtmp. It keeps a digest of a key, so a key is \
            shown when it is made and never again.
            """,
        subcommands: [
            StreamKeyCreateCommand.self, StreamKeyRotateCommand.self, StreamKeyListCommand.self,
            StreamKeyRevokeCommand.self,
        ]
    )

    static let plugin = "media-nginx-rtmp"

    /// Asks the plugin something about a stream's keys.
    static func ask(
        _ method: String,
        of stream: String,
        _ connection: ConnectionOptions,
        _ writeMore: (inout JSONWriter) -> Void = { _ in }
    ) throws(CommandFailure) -> JSONValue {
        let conversation = try Conversation(connection, streams: [stream], allowing: [.control])
        // Not repeatable: a key whose answer was lost on its way is nobody's.
        let name = "\(plugin).key.\(method)"
        let result = try conversation.call(name, isRepeatable: false) { data in
            data.member("stream", stream)
            writeMore(&data)
        }
        conversation.end()
        return result
    }

    /// Prints a key that was made: alone on its line, so that a script can take it.
    static func show(_ made: JSONValue, of stream: String, _ output: OutputOptions) {
        if output.json { return print(made) }
        let key = SnapshotText.text(made, "key")
        Console.print(key)
        Console.complain("It is not shown again. The encoder's stream key: \(stream)?key=\(key)")
    }

    static func print(_ result: JSONValue) {
        Console.print(String(decoding: result.serialized(), as: UTF8.self))
    }
}

struct StreamKeyCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a stream's first key."
    )

    @OptionGroup var stream: StreamArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let made = try StreamKeyCommand.ask("create", of: stream.stream, connection)
        StreamKeyCommand.show(made, of: stream.stream, output)
    }
}

struct StreamKeyRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Replace a stream's key by a new one."
    )

    @OptionGroup var stream: StreamArgument

    @Option(help: "How long the old key goes on being good, up to 7d.")
    var keepOld = DurationArgument(.zero)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let made = try StreamKeyCommand.ask("rotate", of: stream.stream, connection) { data in
            data.key("keep_old_seconds")
            data.integer(keepOld.duration.components.seconds)
        }
        StreamKeyCommand.show(made, of: stream.stream, output)
    }
}

struct StreamKeyRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End a stream's keys, and drop who publishes it."
    )

    @OptionGroup var stream: StreamArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let result = try StreamKeyCommand.ask("revoke", of: stream.stream, connection)
        if output.json { return StreamKeyCommand.print(result) }
        Console.print("Nobody can publish \(stream.stream) until a key is made.")
    }
}
