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
    /// The plugins that it was started with, by their numbers.
    let plugins: [Int: SupervisedPlugin]
    /// The numbers that it knows, of those in quarantine, too.
    let pluginNumbers: Set<Int>
    /// Whether it is killed since it stands still, or does not come up.
    var isStuck = false

    init(
        _ identity: ProcessIdentity,
        pid: Int32,
        slot: Int,
        control: consuming Descriptor?,
        plugins: [Int: SupervisedPlugin] = [:],
        pluginNumbers: Set<Int> = []
    ) {
        self.identity = identity
        self.pid = pid
        self.slot = slot
        self.control = control
        self.plugins = plugins
        self.pluginNumbers = pluginNumbers
    }

    /// Goes on with a process of another program.
    ///
    /// It knows every plugin by the number under which the roster has it now, as all that live do.
    convenience init(_ process: SupervisorState.Process, _ roster: PluginRoster) {
        self.init(
            process.identity,
            pid: process.pid,
            slot: process.slot,
            control: process.control.map { Descriptor(owning: $0) },
            plugins: roster.loaded,
            pluginNumbers: Set(roster.entries.map(\.number))
        )
    }

    var controlNumber: Int32? {
        switch control {
        case .some(let descriptor): descriptor.raw
        case .none: nil
        }
    }
}
