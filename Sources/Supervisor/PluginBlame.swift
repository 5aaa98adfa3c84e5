// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import StatusPage

/// A plugin that a worker died of, and how that is known.
struct PluginBlame: Hashable {
    let number: Int
    /// nil: on a thread of its own.
    let activity: PluginActivity?
    /// Where in its library; nil: unknown.
    let place: Fault.Place?

    /// How a worker ended, and what it left in the status page.
    struct Evidence: Hashable {
        var status: ExitStatus
        /// Killed since it stood still or did not come up.
        var wasStuck = false
        var mark: PluginMark?
        var fault: Fault?
        /// The numbers of the plugins that it had.
        var loaded: Set<Int> = []
    }

    /// nil: no plugin's fault, as far as can be told.
    ///
    /// A plugin can do its damage to memory that is not its own, and be gone when somebody trips over
    /// it: that is not seen. Nobody is blamed by mere suspicion.
    init?(_ evidence: Evidence) {
        let fault = evidence.fault
        switch evidence.status {
        case .killed(let signal) where Self.deadlySignals.contains(signal):
            guard let fault, fault.kind == .death, fault.signal == signal else {
                // Its handler could not run, or the plugin put one of its own in its place.
                guard let mark = evidence.mark else { return nil }
                self.init(number: mark.plugin, activity: mark.activity, place: nil)
                return
            }
            self.init(fault, evidence)
        case .killed where evidence.wasStuck, .exited where evidence.mark != nil:
            guard let mark = evidence.mark else { return nil }
            let place = fault.flatMap { $0.kind == .stall ? $0.place : nil }
            self.init(
                number: mark.plugin,
                activity: mark.activity,
                place: place?.plugin == mark.plugin ? place : nil
            )
        case .killed(SIGALRM) where evidence.mark?.activity == .destroy:
            // The worker's own alarm: its end took too long.
            guard let mark = evidence.mark else { return nil }
            self.init(number: mark.plugin, activity: mark.activity, place: nil)
        case .killed, .exited:
            // By somebody from outside: it may have been in a plugin by chance.
            return nil
        }
    }

    private init(number: Int, activity: PluginActivity?, place: Fault.Place?) {
        self.number = number
        self.activity = activity
        self.place = place
    }

    private init?(_ fault: Fault, _ evidence: Evidence) {
        if let place = fault.place, place.isExact {
            let mark = fault.isOnLoop ? evidence.mark : nil
            self.init(
                number: place.plugin,
                activity: mark?.plugin == place.plugin ? mark?.activity : nil,
                place: place
            )
        } else if fault.isOnLoop {
            // What lies on the stack may be left from earlier: the mark has to say the same.
            guard let mark = evidence.mark else { return nil }
            self.init(
                number: mark.plugin,
                activity: mark.activity,
                place: fault.place?.plugin == mark.plugin ? fault.place : nil
            )
        } else {
            // A worker has one thread of its own: all others are for plugins.
            let only = evidence.loaded.count == 1 ? evidence.loaded.first : nil
            guard let number = fault.threadPlugin ?? fault.place?.plugin ?? only else {
                return nil
            }
            self.init(
                number: number,
                activity: nil,
                place: fault.place?.plugin == number ? fault.place : nil
            )
        }
    }

    /// What a process does to itself.
    private static let deadlySignals: Set<Int32> = [
        SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS,
    ]
}
