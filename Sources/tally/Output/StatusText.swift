// SPDX-License-Identifier: Apache-2.0

import JSON
import StatusPage

/// The process tree for people and for programs.
enum StatusText {
    static func lines(_ status: StatusSnapshot, now: Int64) -> [String] {
        var table = Table([
            ("PROCESS", .left), ("PID", .right), ("STATE", .left), ("RESTARTS", .right),
            ("AGE", .left), ("CONNECTIONS", .right),
        ])
        let last = status.processes.last { $0.identity.role != .supervisor }?.identity
        for process in status.processes {
            let branch =
                process.identity.role == .supervisor
                ? "" : process.identity == last ? "└─ " : "├─ "
            table.append([
                branch + process.identity.description,
                process.pid == 0 ? "-" : "\(process.pid)", process.phase.name,
                "\(process.restarts)",
                process.pid == 0
                    ? "-" : ReadableTime.age(milliseconds: now - process.startedAt),
                process.identity.role == .worker ? "\(process.connections)" : "-",
            ])
        }
        for process in status.retiring {
            table.append([
                "   " + process.identity.description, "\(process.pid)", process.phase.name,
                "\(process.restarts)",
                ReadableTime.age(milliseconds: now - process.startedAt), "\(process.connections)",
            ])
        }
        return ["listening on " + status.addresses.joined(separator: ", "), ""] + table.lines
    }

    static func json(_ status: StatusSnapshot, now: Int64) -> String {
        var writer = JSONWriter(capacity: 2_048)
        writer.beginObject()
        writer.key("running")
        writer.bool(status.isSupervisorAlive)
        writer.key("listen")
        writer.beginArray()
        for address in status.addresses { writer.string(address) }
        writer.endArray()
        writer.key("processes")
        writer.beginArray()
        for process in status.processes { write(process, now: now, to: &writer) }
        writer.endArray()
        writer.key("retiring")
        writer.beginArray()
        for process in status.retiring { write(process, now: now, to: &writer) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ process: ProcessStatus, now: Int64, to writer: inout JSONWriter) {
        func member(_ name: String, _ number: Int64) {
            writer.key(name)
            writer.integer(number)
        }
        writer.beginObject()
        writer.member("role", process.identity.role.name)
        member("index", Int64(process.identity.index))
        member("pid", Int64(process.pid))
        writer.member("phase", process.phase.name)
        member("restarts", Int64(process.restarts))
        member("started_at", process.startedAt)
        member("age_ms", process.pid == 0 ? 0 : max(0, now - process.startedAt))
        // The hub's are its links to workers, which nobody wants to see added to clients'.
        let isHub = process.identity.role == .hub
        member("connections", isHub ? 0 : Int64(process.connections))
        if isHub { member("links", Int64(process.connections)) }
        writer.key("counters")
        writer.beginObject()
        for counter in Counter.allCases where process[counter] > 0 {
            writer.key(counter.name)
            writer.integer(process[counter])
        }
        writer.endObject()
        writer.endObject()
    }
}
