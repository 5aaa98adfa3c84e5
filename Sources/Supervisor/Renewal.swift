// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// Which children a reload or an upgrade replaces.
struct RenewalPlan: Hashable {
    /// Workers that get a successor, or a start where there is none, one after another.
    var workers: [ProcessIdentity] = []
    /// Workers that nobody needs afterwards.
    var surplus: [ProcessIdentity] = []
    /// Restarted last, since workers hold what they ask of it meanwhile.
    var includesHub = false
}

/// A plan that is being carried out.
struct Renewal {
    /// What is waited for.
    enum Step: Hashable {
        /// A successor to serve.
        case succession(ProcessIdentity, until: MonotonicTime)
        /// A child without predecessor to serve.
        case service(ProcessIdentity, until: MonotonicTime)
        /// The old hub to end.
        case hubEnd(until: MonotonicTime)
    }

    /// How often a successor may die before it is the new one's fault and not a passing one.
    static let maximumAttemptCount = 3

    /// What is left of it.
    var plan: RenewalPlan
    var step: Step?
    /// Deaths of the child of this step.
    var failedAttemptCount = 0
    /// Who runs what is new.
    var replaced: [ProcessIdentity] = []

    var deadline: MonotonicTime? {
        switch step {
        case .succession(_, let until), .service(_, let until), .hubEnd(let until): until
        case nil: nil
        }
    }
}

/// Why the rest of a plan is not carried out; what was, has to be undone.
struct RenewalFailure: Hashable, CustomStringConvertible {
    enum Reason: Hashable {
        case ended(ExitStatus)
        case cannotStart
        case notServing(after: Duration)
    }

    let identity: ProcessIdentity
    let reason: Reason
    let replaced: [ProcessIdentity]

    var description: String {
        switch reason {
        case .ended(let status):
            "the new \(identity) ended by \(status) before it served; its own message in the log "
                + "says why"
        case .cannotStart: "the new \(identity) could not be started; the log says why"
        case .notServing(let time): "the new \(identity) did not serve within \(time)"
        }
    }
}
