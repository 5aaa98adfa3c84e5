// SPDX-License-Identifier: Apache-2.0

import Channels
import JSON

/// The forms in which a stream's events leave the journal.
package enum ExportFormat: String, CaseIterable, Sendable {
    case jsonl
    case csv
    case webvtt
    case ass

    /// Whether it is timed from the stream's start.
    package var isTimed: Bool { self == .webvtt || self == .ass }
}

/// Turns a stream's events, in their order, into the lines of a file.
package struct StreamExport {
    /// How long a comment is shown.
    package static let showing = Duration.seconds(6)

    private let format: ExportFormat
    private let generation: UInt64?
    /// When the generation started; the first of its events where its start is not kept any more.
    private var start: Timestamp?

    /// `generation`: the only one wanted; nil for all.
    package init(format: ExportFormat, generation: UInt64?) {
        self.format = format
        self.generation = generation
    }

    /// The file's first lines.
    package var header: [String] {
        switch format {
        case .jsonl: []
        case .csv: [CSV.line(CSV.columns)]
        case .webvtt: ["WEBVTT", ""]
        case .ass: SubStationAlpha.header
        }
    }

    package mutating func lines(for event: JournaledEvent) -> [String] {
        guard let exported = ExportedEvent(event),
            generation == nil || exported.generation == generation
        else { return [] }
        if start == nil || exported.type == "live.started" { start = event.at }
        if format == .jsonl { return [String(decoding: exported.data.serialized(), as: UTF8.self)] }
        guard exported.isComment else { return [] }
        let from = max(.zero, event.at - (start ?? event.at))
        switch format {
        case .jsonl, .csv: return [CSV.line(CSV.cells(of: exported))]
        case .webvtt: return WebVTT.cue(exported, from: from, to: from + Self.showing)
        case .ass: return [SubStationAlpha.dialogue(exported, from: from, to: from + Self.showing)]
        }
    }
}
