// SPDX-License-Identifier: Apache-2.0

import JSON
import Reactor

/// A stream's snapshot for people.
enum SnapshotText {
    static func lines(_ snapshot: JSONValue, now: Int64) -> [String] {
        let state = text(snapshot, "state")
        var first = "\(text(snapshot, "stream"))  \(mark(state)) \(state)"
        if let started = snapshot["started_at"]?.integer, state != "offline" {
            first += "  for \(ReadableTime.age(milliseconds: now - started))"
        } else if let ended = snapshot["ended_at"]?.integer {
            first += "  ended \(ReadableTime.age(milliseconds: now - ended)) ago"
        }
        var lines = [first]
        func line(_ name: String, _ value: String) {
            lines.append("  " + name + String(repeating: " ", count: 12 - name.count) + value)
        }
        if let title = snapshot["title"]?.string, !title.isEmpty {
            line("title", Console.harmless(title))
        }
        line("viewers", viewers(snapshot))
        line("generation", number(snapshot, "generation"))
        if let totals = snapshot["totals"] { line("in all", Self.totals(totals)) }
        if let slow = snapshot["slow_seconds"]?.integer, slow > 0 { line("slow mode", "\(slow)s") }
        if let meta = snapshot["meta"], meta.count > 0 {
            line("meta", Console.harmless(String(decoding: meta.serialized(), as: UTF8.self)))
        }
        return lines
    }

    /// `12 now, 40 different, 18 at most`.
    static func viewers(_ snapshot: JSONValue) -> String {
        "\(number(snapshot, "viewers")) now, \(number(snapshot, "unique_viewers")) different, "
            + "\(number(snapshot, "peak_viewers")) at most"
    }

    /// `12m 5s, 18 viewers at most, 40 different, 3 comments`.
    static func totals(_ totals: JSONValue) -> String {
        let duration = totals["duration_ms"]?.integer ?? 0
        return "\(ReadableTime.age(milliseconds: duration)), "
            + "\(number(totals, "peak_viewers")) viewers at most, "
            + "\(number(totals, "unique_viewers")) different, "
            + "\(number(totals, "comments")) comments"
    }

    static func mark(_ state: String) -> String {
        switch state {
        case "live": "●"
        case "interrupted": "◐"
        default: "○"
        }
    }

    static func text(_ object: JSONValue, _ key: String) -> String {
        Console.harmless(object[key]?.string ?? "-")
    }

    static func number(_ object: JSONValue, _ key: String) -> String {
        object[key]?.integer.map(String.init) ?? "-"
    }
}
