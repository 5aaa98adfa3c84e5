// SPDX-License-Identifier: Apache-2.0

import HubLink
import Reactor
import StatusPage

/// All that a supervisor hands to the program that goes on in its place: numbers of descriptors that
/// stay open, and what they are.
///
/// It travels as JSON in a sealed file in memory. A program that knows another version refuses it
/// before anything has changed.
struct SupervisorState: Hashable {
    /// Raised with every change of meaning; an addition that may be missing needs none.
    static let version = 1
    /// Most bytes of one, which the most workers with the most addresses stay below.
    static let maximumByteCount = 4 * 1_024 * 1_024

    struct Address: Hashable {
        var requested: SocketAddress
        var bound: SocketAddress
        var listeners: [Int32]
    }

    struct Child: Hashable {
        var identity: ProcessIdentity
        /// nil: it waits to be started again.
        var process: Process?
        /// How often it was started.
        var startCount: Int
    }

    struct Process: Hashable {
        var identity: ProcessIdentity
        var pid: Int32
        var slot: Int
        var control: Int32?
    }

    /// What the new program has to do first.
    enum Task: Hashable {
        case finishUpgrade
        case undo(RenewalUndo)
    }

    /// What the children that run speak, `LinkFormat`; a program from before this was told speaks 1.
    var hubLink = LinkFormat.current
    var dataFolder: String
    /// Where the next program will be found.
    var program: String
    var task: Task
    var lock: Int32
    var statusPage: Int32
    var hubListener: Int32
    var operatorListener: Int32
    var hubConfiguration: Int32
    var workerConfiguration: Int32
    /// The program that runs now, to go back to.
    var ownProgram: Int32
    /// nil from a program that knew no TLS.
    var ticketSecret: Int32?
    /// Where a probe writes what is wrong.
    var answer: Int32?
    var addresses: [Address]
    var workerCount: Int
    var children: [Child]
    /// Whoever waits for the task's outcome.
    var askers: [Int32]
    /// What is known of the plugins, quarantines included.
    var plugins: [PluginRoster.Entry] = []

    /// Every descriptor that has to stay open.
    var descriptors: [Int32] {
        [
            lock, statusPage, hubListener, operatorListener, hubConfiguration,
            workerConfiguration, ownProgram,
        ] + [answer, ticketSecret].compactMap(\.self) + addresses.flatMap(\.listeners)
            + children.compactMap { $0.process?.control } + askers
    }
}
