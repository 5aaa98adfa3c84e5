// SPDX-License-Identifier: Apache-2.0

import Channels
import Journal
import Live
import Testing

@Suite struct StreamExportTests {
    private func event(
        _ event: LiveEvent,
        _ offset: UInt64,
        at milliseconds: Int64,
        generation: UInt64 = 1
    ) -> JournalRecord {
        let at = Timestamp(milliseconds: milliseconds)
        let kind: ChannelLog.Entry.Kind
        switch event {
        case .comment: kind = .comment(by: .user("u"), generation: generation)
        case .deletedComment: kind = .deletedComment
        default: kind = .event
        }
        let json = event.publication(offset: offset, generation: generation, at: at)
        return .publication(
            channel: "live:s",
            Position(epoch: "e", offset: offset),
            .init(at: at, kind: kind, json: json)
        )
    }

    private func comment(_ text: String, name: String = "") -> LiveEvent {
        .comment(.init(id: "e-9", text: text, user: "u", name: name, replyTo: nil))
    }

    /// A stream that started twice, with comments in both.
    private func exported(_ format: ExportFormat, generation: UInt64? = nil) throws -> [String] {
        let folder = try TestFolder()
        let journal = try folder.open()
        let started = LiveEvent.started(title: "T", meta: Array("{}".utf8))
        try journal.commit([
            event(started, 1, at: 10_000),
            event(comment("first, \"quoted\""), 2, at: 11_500),
            event(started, 3, at: 4_000_000, generation: 2),
            event(comment("<b>&{\\an8}", name: "Ana, B"), 4, at: 7_723_456, generation: 2),
            event(.deletedComment(id: "e-5"), 5, at: 7_724_000, generation: 2),
            event(comment("=1+1"), 6, at: 7_725_000, generation: 2),
        ])
        // Beside the journal's own writer.
        let reader = try JournalReader(folder: folder.path)
        var export = StreamExport(format: format, generation: generation)
        var lines = export.header
        try reader.forEachEvent(of: "s") { event in
            lines += export.lines(for: event)
            return true
        }
        return lines
    }

    @Test func jsonLinesHaveEveryEvent() throws {
        let lines = try exported(.jsonl)
        #expect(lines.count == 6)
        #expect(lines[0].hasPrefix(#"{"type":"live.started""#))
        #expect(try exported(.jsonl, generation: 2).count == 4)
    }

    @Test func csvQuotesAndDefusesFormulas() throws {
        let lines = try exported(.csv)
        #expect(
            lines == [
                "at,offset,id,user,name,text,reply_to,generation",
                #"11500,2,e-9,u,,"first, ""quoted""",,1"#,
                #"7723456,4,e-9,u,"Ana, B",<b>&{\an8},,2"#,
                "7725000,6,e-9,u,,'=1+1,,2",
            ]
        )
    }

    @Test func webVTTIsTimedFromTheStart() throws {
        let lines = try exported(.webvtt, generation: 2)
        #expect(
            lines == [
                "WEBVTT", "", "01:02:03.456 --> 01:02:09.456",
                #"<v Ana, B>&lt;b&gt;&amp;{\an8}"#, "", "01:02:05.000 --> 01:02:11.000",
                "<v u>=1+1", "",
            ]
        )
        #expect(try exported(.webvtt, generation: 1)[2] == "00:00:01.500 --> 00:00:07.500")
    }

    @Test func assKeepsCommentsFromGivingCommands() throws {
        let lines = try exported(.ass, generation: 2)
        #expect(
            lines.suffix(2) == [
                "Dialogue: 0,1:02:03.45,1:02:09.45,Comment,Ana; B,0,0,0,,Ana, B: <b>&(\u{29F5}an8)",
                "Dialogue: 0,1:02:05.00,1:02:11.00,Comment,u,0,0,0,,u: =1+1",
            ]
        )
    }

    @Test func aWellJournalHasNoProblems() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        try journal.commit((1...20).map { Sample.comment("live:s", $0) })
        let reader = try JournalReader(folder: folder.path)
        #expect(try reader.problems().isEmpty)
        let counts = try reader.counts()
        #expect(counts.publications == 20 && counts.comments == 20 && counts.channels == 1)
    }

    @Test func missingRowsAreProblems() throws {
        let folder = try TestFolder()
        do { try folder.open().commit((1...20).map { Sample.comment("live:s", $0) }) }
        try folder.change("DELETE FROM publications WHERE position = 7")
        try folder.change("DELETE FROM texts WHERE id = 9")
        let reader = try JournalReader(folder: folder.path)
        #expect(try reader.problems().count == 2)
    }
}
