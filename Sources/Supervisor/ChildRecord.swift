// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// A child process and what the supervisor holds for it.
final class ChildRecord {
    let identity: ProcessIdentity
    let pid: Int32
    /// Its place in the status page.
    let slot: Int
    /// The other end of a worker's control socket, kept for its successors; the supervisor itself
    /// neither reads nor writes it.
    let control: Descriptor?

    init(
        _ identity: ProcessIdentity,
        pid: Int32,
        slot: Int,
        control: consuming Descriptor?
    ) {
        self.identity = identity
        self.pid = pid
        self.slot = slot
        self.control = control
    }

    /// Goes on with a process of another program.
    convenience init(_ process: SupervisorState.Process) {
        self.init(
            process.identity,
            pid: process.pid,
            slot: process.slot,
            control: process.control.map { Descriptor(owning: $0) }
        )
    }

    var controlNumber: Int32? {
        switch control {
        case .some(let descriptor): descriptor.raw
        case .none: nil
        }
    }
}
