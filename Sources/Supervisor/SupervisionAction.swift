// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// What the supervisor has to do next, as `Supervision` decides.
enum SupervisionAction: Hashable {
    case start(ProcessIdentity)
    /// Start a second process, to which the first hands over.
    case startSuccessor(ProcessIdentity)
    /// Nothing to do but to say so: `Supervision` starts it by itself when the time has come.
    case restartLater(ProcessIdentity, after: Duration)
    /// Ask it to end.
    case terminate(ProcessIdentity, pid: Int32)
    /// Ask it to send its clients to others and end: nobody takes them over.
    case retire(ProcessIdentity, pid: Int32)
    case kill(ProcessIdentity, pid: Int32, KillReason)
    /// The successor does the work from now on; `retiring` finishes what it has, nil: it is dead.
    case promote(ProcessIdentity, pid: Int32, retiring: Int32?)
    /// A plugin killed one worker too many: start workers without it, and replace those that have it.
    case quarantine(plugin: String)
    /// There is no such child any more.
    case forget(ProcessIdentity)
    /// Every child serves, for the first time.
    case announceServing
    /// Every process of the renewal's plan was replaced.
    case renewed
    case renewalFailed(RenewalFailure)
    /// The service stops instead.
    case renewalCancelled
    /// A child that never served says that starting it again would not help.
    case giveUp(ProcessIdentity, status: Int32)
    /// No child is left: end with this status.
    case finish(status: Int32)
}

/// Why the supervisor kills a child.
enum KillReason: Hashable, CustomStringConvertible {
    case heartbeatStalled(Duration)
    case notServing(after: Duration)
    case drainTimeout
    case toldTwice

    var description: String {
        switch self {
        case .heartbeatStalled(let time): "no heartbeat for \(Self.milliseconds(time)) ms"
        case .notServing(let time): "not serving after \(Self.milliseconds(time)) ms"
        case .drainTimeout: "still there at the end of the drain timeout"
        case .toldTwice: "told to stop again"
        }
    }

    private static func milliseconds(_ time: Duration) -> Int64 {
        time.clampedNanoseconds / 1_000_000
    }
}

/// What a child shows of itself in the status page.
struct SignOfLife: Hashable {
    var beatCount: UInt64
    var isServing: Bool
}

/// The death of a worker by a plugin.
struct PluginLoss: Hashable {
    /// Its name.
    let plugin: String
    let death: PluginEntry.Death
}
