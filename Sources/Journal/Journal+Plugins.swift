// SPDX-License-Identifier: Apache-2.0

import Channels
import Live
import SQLite

extension Journal {
    /// Writes what concerns plugins alone.
    func writePlugins(_ record: JournalRecord) throws(SQLiteError) {
        switch record {
        case .stored(let plugin, let key, let value):
            time = max(time, value.at)
            try statements.store.run(
                .text(plugin),
                .text(key),
                .integer(Int64(bitPattern: value.version)),
                .integer(value.at.milliseconds),
                .blob(value.json)
            )
        case .unstored(let plugin, let key):
            try statements.unstore.run(.text(plugin), .text(key))
        case .noticed(let notice):
            try statements.addNotice.run(
                .text(notice.id),
                .integer(Int64(notice.kind.rawValue)),
                .text(notice.stream),
                .blob(notice.json)
            )
        case .noticeDone(let notice):
            try statements.dropNotice.run(.text(notice))
        default:
            preconditionFailure("write(_:) has others for these")
        }
    }
}

extension JournalRows {
    /// Stores, and notices in the order in which they came.
    func plugins() throws(SQLiteError) -> [JournalRecord] {
        let values = try read("SELECT plugin, key, version, at, json FROM plugin_values") { row in
            row.moment(3).map { at in
                JournalRecord.stored(
                    plugin: row.text(0),
                    key: row.text(1),
                    StoredValue(
                        version: UInt64(bitPattern: row.integer(2)),
                        at: at,
                        json: row.blob(4)
                    )
                )
            }
        }
        let notices = try read("SELECT name, kind, stream, json FROM notices ORDER BY id") { row in
            UInt8(exactly: row.integer(1)).flatMap(PluginNotice.Kind.init).map { kind in
                JournalRecord.noticed(
                    PluginNotice(
                        id: row.text(0),
                        kind: kind,
                        stream: row.text(2),
                        json: row.blob(3)
                    )
                )
            }
        }
        return values + notices
    }
}
