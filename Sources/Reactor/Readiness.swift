// SPDX-License-Identifier: Apache-2.0

import CLinux

/// What a registered descriptor should be watched for.
///
/// Level-triggered: a handler that leaves bytes unread, or room to write unused, is called again
/// every turn while it is interested. Nothing is lost by an empty interest, but hang-ups and errors
/// are always reported (`epoll_ctl(2)`).
package struct Interest: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let readable = Interest(rawValue: 1)
    package static let writable = Interest(rawValue: 2)

    /// The peer's half-close comes with reading only: it stays raised until the descriptor is
    /// closed, and would wake a handler that only wants to write in a circle.
    var epollEvents: UInt32 {
        var events: UInt32 = 0
        if contains(.readable) { events |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if contains(.writable) { events |= EPOLLOUT.rawValue }
        return events
    }
}

/// What a descriptor is ready for, or what became of it.
package struct Readiness: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let readable = Readiness(rawValue: 1)
    package static let writable = Readiness(rawValue: 2)
    /// The peer will send nothing more; what it sent may still be unread.
    package static let closedByPeer = Readiness(rawValue: 4)
    /// Both directions are closed; reported until the descriptor is removed.
    package static let hangUp = Readiness(rawValue: 8)
    /// The reason is `Socket.pendingError`; reported until the descriptor is removed.
    package static let failed = Readiness(rawValue: 16)

    init(epollEvents events: UInt32) {
        var readiness: Readiness = []
        if events & EPOLLIN.rawValue != 0 { readiness.insert(.readable) }
        if events & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
        if events & EPOLLRDHUP.rawValue != 0 { readiness.insert(.closedByPeer) }
        if events & EPOLLHUP.rawValue != 0 { readiness.insert(.hangUp) }
        if events & EPOLLERR.rawValue != 0 { readiness.insert(.failed) }
        self = readiness
    }
}

/// Is told when its descriptor is ready.
///
/// The loop holds it from `add` to `remove`. It may add, modify and remove any registration, its own
/// too; it must not run the loop.
package protocol EventHandler: AnyObject {
    func handle(_ readiness: Readiness)
}

/// A descriptor's place in a loop; useless once removed.
package struct Registration: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32

    /// As epoll's user data: never a pointer, so a stale event is a failed lookup.
    var packed: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

    init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    init(packed: UInt64) {
        self.init(slot: UInt32(truncatingIfNeeded: packed), generation: UInt32(packed >> 32))
    }
}
