// SPDX-License-Identifier: Apache-2.0

import JSON

/// A stream's events for people, one line each.
enum EventText {
    /// - Returns: nil for what says nothing to a reader.
    static func line(_ event: JSONValue) -> String? {
        let type = event["type"]?.string ?? "?"
        guard let words = words(event, type: type) else { return nil }
        let clock = event["at"]?.integer.map { ReadableTime.clock(milliseconds: $0) }
        return (clock ?? "        ") + "  " + words
    }

    private static func words(_ event: JSONValue, type: String) -> String? {
        switch type {
        case "comment":
            let name = event["name"]?.string ?? event["user"]?.string ?? ""
            let who = name.isEmpty ? "anonymous" : Console.harmless(name)
            return "\(who): \(SnapshotText.text(event, "text"))"
        case "comment.deleted": return "-- a comment was deleted"
        case "viewers": return "-- viewers: \(SnapshotText.viewers(event))"
        case "live.started": return "-- started" + title(event)
        case "live.updated": return "-- updated" + title(event)
        case "live.interrupted": return "-- interrupted: the broadcaster is gone"
        case "live.resumed": return "-- resumed: the broadcaster is back"
        case "live.stopped":
            let reason = event["reason"]?.string ?? ""
            let totals = event["totals"].map { " (\(SnapshotText.totals($0)))" } ?? ""
            return "-- stopped" + (reason.isEmpty ? "" : ": " + Console.harmless(reason)) + totals
        case "mode":
            let seconds = event["slow_seconds"]?.integer ?? 0
            return seconds > 0 ? "-- slow mode: \(seconds)s between comments" : "-- slow mode off"
        case "user.timeout", "user.ban", "user.unban":
            return "-- \(type): \(SnapshotText.text(event, "user"))"
        default: return "-- \(Console.harmless(type))"
        }
    }

    private static func title(_ event: JSONValue) -> String {
        let title = event["title"]?.string ?? ""
        return title.isEmpty ? "" : ": " + Console.harmless(title)
    }
}
