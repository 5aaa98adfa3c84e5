// SPDX-License-Identifier: Apache-2.0

/// What a process of Tally does; the raw value is its place in the status page.
package enum ProcessRole: UInt64, CaseIterable, Sendable {
    case supervisor = 1
    case hub = 2
    case worker = 3

    /// As in `tally status`, in logs, and as the hidden subcommand that starts it.
    package var name: String { "\(self)" }

    package init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }
}

/// Which process of one Tally; the same for a process and its replacements.
package struct ProcessIdentity: Hashable, Sendable, CustomStringConvertible {
    package let role: ProcessRole
    /// Counts the processes of one role from 0.
    package let index: Int

    package init(_ role: ProcessRole, _ index: Int = 0) {
        self.role = role
        self.index = index
    }

    package var description: String {
        role == .worker ? "worker \(index)" : role.name
    }
}

/// How far a process has come.
package enum ProcessPhase: UInt64, Sendable {
    /// There is no such process now: it died, and its replacement has not been started yet.
    case down = 0
    case starting = 1
    case serving = 2
    /// It was told to end and finishes what it has.
    case draining = 3
    /// Another process does its work already; it finishes what it has. Only `tally status` says so:
    /// the process itself is draining.
    case retiring = 4

    package var name: String { "\(self)" }
}

/// What a process is among those of the same identity; the supervisor says it.
package enum ProcessStanding: UInt64, Sendable {
    /// Nobody is here, or nobody any more.
    case vacant = 0
    /// It is the one that does the work, or would if it were not down.
    case current = 1
    /// It was started to take over from the current one.
    case successor = 2
    /// It was replaced, or is not needed any more.
    case retiring = 3
}
