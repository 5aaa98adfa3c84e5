// SPDX-License-Identifier: Apache-2.0

import JSON
import Reactor
import StatusPage

/// What plugins did, for people and for programs.
enum PluginText {
    static func lines(_ plugins: [PluginStatus], now: Int64) -> [String] {
        guard !plugins.isEmpty else { return ["no plugins"] }
        var table = Table([
            ("PLUGIN", .left), ("VERSION", .left), ("STATE", .left), ("WORKERS", .right),
            ("CALLS", .right), ("P50", .right), ("P99", .right), ("MAX", .right),
            ("REJECTED", .right), ("REPLACED", .right), ("TIMED OUT", .right),
            ("SLOW", .right), ("WAITING", .right), ("DEATHS", .right),
        ])
        for plugin in plugins {
            table.append([
                plugin.entry.name, Console.harmless(plugin.version), plugin.entry.state.name,
                "\(plugin.instances)", "\(plugin.total(.calls))", "", "", "",
                "\(plugin.total(.rejections))", "\(plugin.total(.replacements))",
                "\(plugin.total(.timeouts))", "\(plugin.total(.slowCalls))",
                "\(plugin.pending)", "\(plugin.entry.deaths)",
            ])
            for (activity, figures) in sorted(plugin.activities) {
                table.append([
                    "  " + activity.name, "", "", "", "\(figures[.calls])",
                    time(figures.nanoseconds(ofShare: 0.5)),
                    time(figures.nanoseconds(ofShare: 0.99)), time(figures.maximumNanoseconds),
                    "\(figures[.rejections])", "\(figures[.replacements])",
                    "\(figures[.timeouts])", "\(figures[.slowCalls])", "", "",
                ])
            }
        }
        let remarks = plugins.flatMap { notes(on: $0, now: now) }
        return table.lines + (remarks.isEmpty ? [] : [""]) + remarks
    }

    static func json(_ plugins: [PluginStatus]) -> String {
        var writer = JSONWriter(capacity: 4_096)
        writer.beginObject()
        writer.key("plugins")
        writer.beginArray()
        for plugin in plugins { write(plugin, to: &writer) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Three digits that mean something, and the unit: `1.25 ms`.
    static func time(_ nanoseconds: UInt64?) -> String {
        guard let nanoseconds else { return "-" }
        let units: [(UInt64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")]
        guard let (size, unit) = units.first(where: { nanoseconds >= $0.0 }) else {
            return "\(nanoseconds) ns"
        }
        let whole = nanoseconds / size
        let hundredths = nanoseconds % size * 100 / size
        switch whole {
        case 100...: return "\(whole) \(unit)"
        case 10..<100: return "\(whole).\(hundredths / 10) \(unit)"
        default: return "\(whole).\(hundredths < 10 ? "0" : "")\(hundredths) \(unit)"
        }
    }

    // MARK: For people

    private static func notes(on plugin: PluginStatus, now: Int64) -> [String] {
        let name = plugin.entry.name
        var lines: [String] = []
        if let since = plugin.entry.quarantinedAt {
            lines.append(
                "\(name): in quarantine for \(ReadableTime.age(milliseconds: now - since)), "
                    + "after \(plugin.entry.recentDeaths) deaths (the limit is \(plugin.entry.deathLimit)); "
                    + "end it with: tally plugin release \(name)"
            )
        }
        if let death = plugin.entry.lastDeath {
            let place = death.activity.map { " in \($0.name)" } ?? " on a thread of its own"
            let function =
                death.function.isEmpty ? "" : ", function \(Console.harmless(death.function))"
            lines.append(
                "\(name): killed a worker \(ReadableTime.age(milliseconds: now - death.time)) ago: "
                    + "\(cause(death))\(place)\(function)"
            )
        }
        let numbers =
            plugin.counters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            + plugin.gauges.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if !numbers.isEmpty { lines.append("\(name): \(numbers.joined(separator: ", "))") }
        return lines
    }

    private static func cause(_ death: PluginEntry.Death) -> String {
        death.signal == 0 ? "stood still or ended it" : ExitStatus.name(ofSignal: death.signal)
    }

    private static func sorted(
        _ activities: [PluginActivity: PluginActivityStatus]
    ) -> [(PluginActivity, PluginActivityStatus)] {
        activities.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }

    // MARK: For programs

    private static func write(_ plugin: PluginStatus, to writer: inout JSONWriter) {
        let entry = plugin.entry
        writer.beginObject()
        writer.member("name", string: entry.name)
        writer.member("version", string: plugin.version)
        writer.member("state", string: entry.state.name)
        writer.member("workers", integer: plugin.instances)
        writer.member("pending", integer: plugin.pending)
        writer.member("deaths", integer: entry.deaths)
        writer.member("recent_deaths", integer: entry.recentDeaths)
        writer.member("death_limit", integer: entry.deathLimit)
        if let since = entry.quarantinedAt { writer.member("quarantined_at", integer: since) }
        if let death = entry.lastDeath {
            writer.key("last_death")
            writer.beginObject()
            writer.member("time", integer: death.time)
            if death.signal != 0 {
                writer.member("by", string: ExitStatus.name(ofSignal: death.signal))
            }
            if let activity = death.activity { writer.member("hook", string: activity.name) }
            if !death.function.isEmpty { writer.member("function", string: death.function) }
            writer.endObject()
        }
        writer.key("hooks")
        writer.beginObject()
        for (activity, figures) in sorted(plugin.activities) {
            writer.key(activity.name)
            write(figures, to: &writer)
        }
        writer.endObject()
        writer.key("counters")
        writer.beginObject()
        for (name, value) in plugin.counters.sorted(by: { $0.key < $1.key }) {
            writer.member(name, integer: value)
        }
        writer.endObject()
        writer.key("gauges")
        writer.beginObject()
        for (name, value) in plugin.gauges.sorted(by: { $0.key < $1.key }) {
            writer.member(name, integer: value)
        }
        writer.endObject()
        writer.endObject()
    }

    private static func write(_ figures: PluginActivityStatus, to writer: inout JSONWriter) {
        writer.beginObject()
        for figure in PluginFigure.allCases {
            writer.member(figure.name, integer: figures[figure])
        }
        for (name, share) in [("p50_ns", 0.5), ("p99_ns", 0.99)] {
            guard let time = figures.nanoseconds(ofShare: share) else { continue }
            writer.member(name, integer: time)
        }
        writer.member("max_ns", integer: figures.maximumNanoseconds)
        writer.endObject()
    }
}
