// SPDX-License-Identifier: Apache-2.0

import JSON
import Reactor
import StatusPage

/// How what is known of plugins travels from one program to the next.
extension PluginRoster.Entry {
    init(_ value: JSONValue) throws(SupervisorStateError) {
        let name = try value.text("name")
        guard PluginPlace.isName(name) else { throw .wrong("name") }
        self.init(
            number: try value.number("number", 0...PluginPlace.maximumCount - 1),
            plugin: SupervisedPlugin(
                name: name,
                library: try value.text("library"),
                libraryIdentity: try value.text("identity"),
                manifest: try value.text("manifest"),
                quarantineDeaths: try value.number(
                    "limit",
                    1...PluginRoster.maximumDeathLimit
                ),
                quarantineWindow: .milliseconds(try value.number("window_ms", 0...Int.max))
            ),
            isPresent: value["present"]?.bool ?? true,
            // On the kernel's clock, which goes on.
            deaths: try value.list("deaths") { time in
                time.integer.map { MonotonicTime(nanoseconds: UInt64(clamping: $0)) }
            },
            deathCount: try value.number("count", 0...Int.max),
            lastDeath: try value["last"].map { last throws(SupervisorStateError) in
                try PluginEntry.Death(last)
            },
            quarantinedAt: value["quarantined_at"]?.integer
        )
    }
}

extension PluginEntry.Death {
    fileprivate init(_ value: JSONValue) throws(SupervisorStateError) {
        self.init(
            time: Int64(try value.number("time", 0...Int.max)),
            signal: Int32(try value.number("signal", 0...128)),
            activity: value["activity"]?.integer
                .flatMap { UInt8(exactly: $0) }.flatMap { PluginActivity(rawValue: $0) },
            function: try value.text("function")
        )
    }
}

extension JSONWriter {
    mutating func write(_ entry: PluginRoster.Entry) {
        beginObject()
        member("number", entry.number)
        member("name", entry.plugin.name)
        member("library", entry.plugin.library)
        member("identity", entry.plugin.libraryIdentity)
        member("manifest", entry.plugin.manifest)
        member("limit", entry.plugin.quarantineDeaths)
        member(
            "window_ms",
            Int(clamping: entry.plugin.quarantineWindow.clampedNanoseconds / 1_000_000)
        )
        key("present")
        bool(entry.isPresent)
        list("deaths", entry.deaths) { $0.integer(Int64(clamping: $1.nanoseconds)) }
        member("count", entry.deathCount)
        if let since = entry.quarantinedAt { member("quarantined_at", Int(since)) }
        if let death = entry.lastDeath {
            key("last")
            beginObject()
            member("time", Int(death.time))
            member("signal", Int(death.signal))
            if let activity = death.activity { member("activity", Int(activity.rawValue)) }
            member("function", death.function)
            endObject()
        }
        endObject()
    }
}
