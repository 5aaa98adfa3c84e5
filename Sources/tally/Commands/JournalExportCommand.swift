// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Journal

struct JournalExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a stream's events, as far back as the journal keeps them.",
        discussion: """
            jsonl   every event as it was published, one JSON object a line
            csv     the comments: time, position, id, user, name, text, reply_to, generation
            webvtt  the comments as subtitles, timed from the stream's start, to replay beside a
                    recording in a browser
            ass     the same for video players

            Deleted comments are left out; in jsonl their tombstones stay.
            """
    )

    @OptionGroup var target: StreamArgument
    @OptionGroup var journal: JournalOption

    @Option(help: "jsonl, csv, webvtt or ass.")
    var format: ExportFormat = .jsonl

    @Option(
        help: ArgumentHelp(
            "Only this generation; webvtt and ass take the last one by default.",
            valueName: "number"
        )
    )
    var generation: UInt64?

    func run() throws {
        let reader = try journal.open()
        do throws(JournalError) {
            let wanted = try chosenGeneration(reader)
            var export = StreamExport(format: format, generation: wanted)
            var hasEvents = false
            for line in export.header { Console.print(line) }
            try reader.forEachEvent(of: target.stream) { event in
                hasEvents = true
                for line in export.lines(for: event) { Console.print(line) }
                return true
            }
            guard hasEvents else {
                throw JournalError.failed(
                    path: reader.path,
                    detail: "it has no event of a stream \(Console.harmless(target.stream))"
                )
            }
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Subtitles begin at one start: the wanted generation's, or the last there is.
    private func chosenGeneration(
        _ reader: JournalReader
    ) throws(JournalError) -> UInt64? {
        guard generation == nil, format.isTimed else { return generation }
        var last: UInt64?
        try reader.forEachEvent(of: target.stream) { event in
            last = ExportedEvent(event)?.generation ?? last
            return true
        }
        return last
    }
}

extension ExportFormat: ExpressibleByArgument {}
