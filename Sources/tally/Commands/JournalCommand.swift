// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import JSON
import Journal
import Manifest

struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Check the journal of a data folder, and export a stream's events from it.",
        discussion: """
              tally journal check
              tally journal export show --format webvtt > comments.vtt

            Both only read, and may run while Tally serves from the folder.
            """,
        subcommands: [JournalCheckCommand.self, JournalExportCommand.self]
    )
}

/// Where the journal is.
struct JournalOption: ParsableArguments {
    @Option(help: ArgumentHelp("The data folder.", valueName: "dir"))
    var data: String?

    func open() throws(CommandFailure) -> JournalReader {
        let environment = ProcessInfo.processInfo.environment
        let folder = data ?? environment["TALLY_DATA"] ?? Configuration().data
        do throws(JournalError) {
            return try JournalReader(folder: folder)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    init(_ error: JournalError) {
        self.init(Status(rawValue: error.exitStatus) ?? .software, error.description)
    }
}

struct JournalCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read the whole journal and say what is wrong with it.",
        discussion: """
            Exit status 65 when something is. With --json: {"ok":true,"version":1,"streams":1,\
            "channels":1,"publications":12,"comments":9,"bytes":65536,"problems":[]}
            """
    )

    @OptionGroup var journal: JournalOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let reader = try journal.open()
        let found: (counts: JournalReader.Counts?, problems: [String])
        do throws(JournalError) {
            let problems = try reader.problems()
            found = (problems.isEmpty ? try reader.counts() : nil, problems)
        } catch {
            throw CommandFailure(error)
        }
        if output.json {
            Console.print(json(found.counts, found.problems))
        } else if let counts = found.counts {
            Console.print(
                "\(reader.path): well; version \(counts.version), \(counts.streams) streams, "
                    + "\(counts.publications) events (\(counts.comments) comments) of "
                    + "\(counts.channels) channels, \(counts.byteCount) bytes"
            )
        }
        guard found.problems.isEmpty else {
            throw CommandFailure(
                .badData,
                "the journal \(reader.path) is damaged",
                details: found.problems.map { "  " + Console.harmless($0) },
                advice: "restore a copy, or move it away to start without history"
            )
        }
    }

    private func json(_ counts: JournalReader.Counts?, _ problems: [String]) -> String {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("ok")
        writer.bool(problems.isEmpty)
        for (name, value) in [
            ("version", counts?.version), ("streams", counts?.streams),
            ("channels", counts?.channels), ("publications", counts?.publications),
            ("comments", counts?.comments), ("bytes", counts?.byteCount),
        ] {
            guard let value else { continue }
            writer.key(name)
            writer.integer(value)
        }
        writer.key("problems")
        writer.beginArray()
        for problem in problems { writer.string(problem) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
