// SPDX-License-Identifier: Apache-2.0

package import Channels
import SQLite

extension Journal {
    /// What the journal holds, as records that rebuild the hub's state from nothing.
    ///
    /// Channels come without their publications, which `entries` has: a hub needs those of few
    /// channels at its start.
    package func restore() throws(JournalError) -> [JournalRecord] {
        try JournalFile.withError(path) { () throws(SQLiteError) in
            try JournalRows(database).all()
        }
    }

    /// The newest publications of a channel before an offset, oldest first, within the limits of
    /// count and bytes.
    package func entries(
        of channel: String,
        before offset: UInt64,
        limits: ChannelLog.Limits
    ) throws(JournalError) -> [ChannelLog.Entry] {
        try JournalFile.withError(path) { () throws(SQLiteError) in
            guard let head = try head(of: channel) else { return [] }
            return try JournalRows(database).entries(of: head, before: offset, limits: limits)
        }
    }

    /// The newest moment that the journal has heard of; the clock may have been set back since.
    package var newestTime: Timestamp { time }
}
