// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import Client
import Glibc
import JSON
import Manifest
import Reactor

struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follow a stream: comments, state and viewer counts, as they come.",
        discussion: """
              tally watch show
              tally watch show --json | jq .

            Reconnects by itself and gets what it missed. Ctrl-C ends it. With --json, one of these \
            on each line (offset 0: a count, not in history):

              {"event":"snapshot","data":{...}}
              {"event":"publication","offset":1,"data":{...}}
              {"event":"disconnected","reconnects_after_ms":500}
              {"event":"connected"}
            """
    )

    @OptionGroup var stream: StreamArgument

    @Option(help: "How many earlier events to show first, where the token lets it.")
    var history = 20

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0...1_000).contains(history) else {
            throw ValidationError("--history is from 0 to 1000.")
        }
    }

    func run() throws {
        let url = try connection.serverURL()
        let loop = try EventLoop()
        var options = ClientOptions()
        options.token = try connection.tokenSource(
            for: [stream.stream],
            allowing: [.subscribe, .history]
        )
        options.security = try connection.security()
        options.connectTimeout = connection.timeout.duration
        options.name = "tally-cli"
        options.version = TallyVersion.text
        let viewer = StreamViewer(
            client: Client(loop: loop, url: url, options: options),
            url: url,
            stream: stream.stream,
            historyCount: history,
            prints: output.json ? .json : .text
        )
        var isInterrupted = false
        try loop.watchSignals([SIGINT, SIGTERM, SIGHUP]) { _ in isInterrupted = true }
        viewer.start()
        while !isInterrupted {
            try loop.runOnce(maximumWait: nil)
            if let failure = viewer.failure { throw failure }
        }
        viewer.stop()
    }
}
