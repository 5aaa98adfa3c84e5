// SPDX-License-Identifier: Apache-2.0

package import Channels
package import JSON

extension LiveEvent {
    /// The event as a Publication's JSON text, encoded once for all who see it.
    ///
    /// `offset`: its place in history; nil for an event that is not in history.
    package func publication(offset: UInt64?, generation: UInt64, at: Timestamp) -> [UInt8] {
        var writer = JSONWriter(capacity: 192)
        writer.beginObject()
        writer.key("data")
        writer.beginObject()
        writer.member("type", type)
        writeMembers(into: &writer)
        writer.member("generation", generation)
        writer.member("at", at.milliseconds)
        writer.endObject()
        if let offset { writer.member("offset", offset) }
        writer.endObject()
        return writer.bytes
    }

    private func writeMembers(into writer: inout JSONWriter) {
        switch self {
        case .started(let title, let meta), .updated(let title, let meta):
            writer.member("title", title)
            writer.key("meta")
            writer.raw(meta)
        case .interrupted, .resumed:
            break
        case .stopped(let reason, let totals):
            writer.optionalMember("reason", reason)
            totals.write(into: &writer)
        case .mode(let slowSeconds):
            writer.member("slow_seconds", slowSeconds)
        case .comment(let comment):
            writer.member("id", comment.id)
            writer.member("text", comment.text)
            writer.member("user", comment.user)
            if !comment.name.isEmpty { writer.member("name", comment.name) }
            writer.optionalMember("reply_to", comment.replyTo)
        case .deletedComment(let id):
            writer.member("id", id)
            writer.key("deleted")
            writer.bool(true)
        case .commentDeleted(let id, let by):
            writer.member("id", id)
            writer.member("by", by)
        case .userTimeout(let user, let seconds, let reason, let by):
            writer.member("user", user)
            writer.member("seconds", seconds)
            writer.optionalMember("reason", reason)
            writer.member("by", by)
        case .userBan(let user, let reason, let by), .userUnban(let user, let reason, let by):
            writer.member("user", user)
            writer.optionalMember("reason", reason)
            writer.member("by", by)
        case .cue(let name, let data):
            writer.member("name", name)
            if !data.isEmpty {
                writer.key("data")
                writer.raw(data)
            }
        case .viewers(let figures):
            figures.write(into: &writer)
        }
    }
}

extension StreamTotals {
    /// The member `totals`.
    func write(into writer: inout JSONWriter) {
        writer.key("totals")
        writer.beginObject()
        writer.member("duration_ms", durationMilliseconds)
        writer.member("peak_viewers", peakViewers)
        writer.member("unique_viewers", uniqueViewers)
        writer.member("comments", comments)
        writer.endObject()
    }
}

extension ViewerFigures {
    /// Three members of the object that is being written.
    package func write(into writer: inout JSONWriter) {
        writer.member("viewers", viewers)
        writer.member("unique_viewers", uniqueViewers)
        writer.member("peak_viewers", peakViewers)
    }
}

extension JSONWriter {
    mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    mutating func member(_ name: String, _ value: some FixedWidthInteger) {
        key(name)
        integer(value)
    }

    mutating func optionalMember(_ name: String, _ text: String?) {
        if let text { member(name, text) }
    }
}
