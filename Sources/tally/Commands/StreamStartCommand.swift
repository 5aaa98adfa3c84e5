// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import Client
import Glibc
import JSON
import Reactor

struct StreamStartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start a stream.",
        discussion: """
            The stream goes on after this command has ended (keep), until `tally stream stop`. With \
            --attached the command stays connected as the broadcaster: Ctrl-C stops the stream, and \
            when the command dies, the stream is interrupted and stopped after its grace period.
            """
    )

    @OptionGroup var stream: StreamArgument

    @Option(help: "The title that viewers see.")
    var title: String?

    @Option(help: "A JSON object for the application.")
    var meta: String?

    @Flag(help: "Stay connected as the broadcaster.")
    var attached = false

    @Option(help: "A key under which a repeated start answers as the first.")
    var idempotencyKey: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let meta = try meta.map(JSONArgument.object)
        let conversation = try Conversation(
            connection,
            streams: [stream.stream],
            allowing: [.control]
        )
        let key = idempotencyKey ?? IdempotencyKey.make()
        let snapshot = try conversation.call("live.start", isRepeatable: true) { data in
            data.member("stream", stream.stream)
            data.member("title", title)
            if let meta {
                data.key("meta")
                data.raw(meta)
            }
            if !attached {
                data.key("keep")
                data.bool(true)
            }
            data.member("idempotency_key", key)
        }
        output.print(snapshot)
        if attached { try stay(conversation, generation: snapshot["generation"]?.integer) }
        conversation.end()
    }

    /// Holds the connection until a signal; INT, from the person, also stops the stream.
    private func stay(_ conversation: Conversation, generation: Int64?) throws {
        var signal: Int32?
        try conversation.loop.watchSignals([SIGINT, SIGTERM, SIGHUP]) { signal = $0 }
        if !output.json { Console.complain("On air. Ctrl-C stops the stream.") }
        let state = { conversation.scripted.client.state }
        while signal == nil, state() != .stopped {
            try conversation.loop.runOnce(maximumWait: nil)
        }
        guard state() != .stopped else {
            throw CommandFailure(
                .unavailable,
                "the server ended the connection",
                advice: "the stream is stopped after its grace period unless a broadcaster returns"
            )
        }
        guard signal == SIGINT else { return }
        let snapshot = try conversation.call("live.stop", isRepeatable: false) { data in
            data.member("stream", stream.stream)
            if let generation {
                data.key("generation")
                data.integer(generation)
            }
        }
        output.print(snapshot)
    }
}
