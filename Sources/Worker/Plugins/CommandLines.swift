// SPDX-License-Identifier: Apache-2.0

import HubLink

/// Commands that wait for plugins' verdicts, and what the same users asked of the same channels
/// meanwhile.
///
/// So the order of one user on one channel is kept, and nobody else waits. Each entry counts among
/// its session's pending commands, which bounds all of them.
struct CommandLines {
    struct Key: Hashable {
        /// Empty for an anonymous client.
        let user: String
        /// Of an anonymous client; 0 for a user.
        let session: UInt64
        /// Empty for a command that concerns none and therefore holds up no other.
        let channel: String
        /// Tells commands without a channel apart.
        var number: UInt64 = 0

        init(_ session: Session, channel: String) {
            user = session.identity.user
            self.session = user.isEmpty ? session.id.rawValue : 0
            self.channel = channel
        }
    }

    struct Entry {
        let session: Session
        let asked: AskedCommand
        /// The order in which they came.
        let number: UInt64
    }

    /// The first of each line is what the plugins are being asked about.
    private var lines: [Key: [Entry]] = [:]
    private var nextNumber: UInt64 = 1

    var isEmpty: Bool { lines.isEmpty }

    func isOpen(_ key: Key) -> Bool { lines[key] != nil }

    /// Opens a line, or adds to it.
    mutating func append(_ asked: AskedCommand, of session: Session, to key: Key) -> Key {
        var key = key
        if key.channel.isEmpty { key.number = nextNumber }
        lines[key, default: []].append(
            Entry(session: session, asked: asked, number: nextNumber)
        )
        nextNumber += 1
        return key
    }

    /// Closes a line and answers what waited behind its first command.
    mutating func close(_ key: Key) -> ArraySlice<Entry> {
        lines.removeValue(forKey: key)?.dropFirst() ?? []
    }

    /// Lets entries wait again, behind the command that opened the line anew.
    mutating func putBack(_ entries: ArraySlice<Entry>, behind key: Key) {
        lines[key, default: []].append(contentsOf: entries)
    }

    /// All of a session's commands.
    func entries(of session: Session) -> [Entry] {
        guard !lines.isEmpty else { return [] }
        return lines.values.joined().filter { $0.session === session }
            .sorted { $0.number < $1.number }
    }
}
