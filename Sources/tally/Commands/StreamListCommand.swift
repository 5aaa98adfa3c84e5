// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import JSON
import Reactor

struct StreamListCommand: ParsableCommand {
    enum State: String, CaseIterable, ExpressibleByArgument {
        case offline
        case live
        case interrupted
    }

    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the streams that are known.",
        discussion: "With --json: {\"streams\":[...]}, each as `tally stream show` prints it."
    )

    @Option(help: "Only streams in this state.")
    var state: State?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let conversation = try Conversation(
            connection,
            streams: ["*"],
            allowing: [.subscribe]
        )
        var streams: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try conversation.call("live.list", isRepeatable: true) { data in
                data.member("state", state?.rawValue)
                data.member("cursor", cursor)
            }
            streams += page["streams"]?.elements ?? []
            cursor = page["cursor"]?.string
        } while cursor != nil
        conversation.end()
        if output.json { printJSON(streams) } else { printTable(streams) }
    }

    private func printJSON(_ streams: [JSONValue]) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("streams")
        writer.beginArray()
        for stream in streams { writer.value(stream) }
        writer.endArray()
        writer.endObject()
        Console.print(String(decoding: writer.bytes, as: UTF8.self))
    }

    private func printTable(_ streams: [JSONValue]) {
        guard !streams.isEmpty else { return Console.complain("No streams.") }
        var table = Table([
            ("STREAM", .left), ("STATE", .left), ("VIEWERS", .right), ("PEAK", .right),
            ("FOR", .left), ("TITLE", .left),
        ])
        let now = WallClock.now()
        for stream in streams {
            let state = SnapshotText.text(stream, "state")
            let age = stream["started_at"]?.integer.map {
                ReadableTime.age(milliseconds: now - $0)
            }
            table.append([
                SnapshotText.text(stream, "stream"), "\(SnapshotText.mark(state)) \(state)",
                SnapshotText.number(stream, "viewers"), SnapshotText.number(stream, "peak_viewers"),
                state == "offline" ? "-" : age ?? "-",
                Console.harmless(stream["title"]?.string ?? ""),
            ])
        }
        for line in table.lines { Console.print(line) }
    }
}
