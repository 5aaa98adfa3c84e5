// SPDX-License-Identifier: Apache-2.0

import Channels
package import JSON

/// The state of a stream as clients see it: RPC results and the subscribe reply's `data`.
package struct StreamSnapshot: Hashable, Sendable {
    package let stream: LiveStream
    package let figures: ViewerFigures

    package init(of stream: LiveStream, figures: ViewerFigures) {
        self.stream = stream
        self.figures = figures
    }

    /// The snapshot as JSON text, with the ended generation's totals where `live.stop` asks.
    package func json(withTotals: Bool = false) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 + stream.meta.count)
        write(into: &writer, withTotals: withTotals)
        return writer.bytes
    }

    package func write(into writer: inout JSONWriter, withTotals: Bool = false) {
        writer.beginObject()
        writer.member("stream", stream.id)
        writer.member("state", stream.state.rawValue)
        writer.member("generation", stream.generation)
        writer.member("title", stream.title)
        writer.key("meta")
        writer.raw(stream.meta)
        writer.optionalMember("started_at", stream.startedAt)
        writer.optionalMember("ended_at", stream.endedAt)
        figures.write(into: &writer)
        writer.member("slow_seconds", stream.slowSeconds)
        if withTotals { StreamTotals(of: stream).write(into: &writer) }
        writer.endObject()
    }
}

extension JSONWriter {
    /// A moment, or null: a snapshot's members are always there.
    fileprivate mutating func optionalMember(_ name: String, _ moment: Timestamp?) {
        key(name)
        if let moment { integer(moment.milliseconds) } else { null() }
    }
}
