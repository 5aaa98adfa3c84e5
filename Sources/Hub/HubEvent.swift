// SPDX-License-Identifier: Apache-2.0

package import HubLink
package import Journal

/// One connection from a worker; never used again for another.
package struct LinkID: Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

/// What happens to the hub's core.
package enum HubEvent: Hashable, Sendable {
    case linkOpened(LinkID)
    /// Also when its worker died: all its sessions are gone.
    case linkClosed(LinkID)
    case received(LinkID, WorkerMessage)
    /// `HubCore.nextDeadline` is reached.
    case deadline
    /// What could not be recorded for a while can be again.
    case journalRecovered
}

/// What the core asks of the process around it.
///
/// The process collects the actions of a loop turn, commits their records together, and only then
/// lets their messages leave: whatever a client is told has been recorded.
package enum HubAction: Hashable, Sendable {
    case record(JournalRecord)
    case send(LinkID, HubMessage)
    /// To each of these links; encoded once.
    case broadcast([LinkID], HubMessage)
    /// The peer broke the link's rules, or is superseded; `linkClosed` need not follow.
    case drop(LinkID, LinkFault)
}

package enum LinkFault: String, Hashable, Sendable {
    /// Anything before `hello`, or a second one.
    case unexpectedHello = "unexpected hello"
    /// The same process made a new link.
    case superseded
    /// A session was attached twice: its worker has lost count of what it has.
    case repeatedAttach = "repeated attach"
}
