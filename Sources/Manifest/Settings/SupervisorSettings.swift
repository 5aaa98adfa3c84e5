// SPDX-License-Identifier: Apache-2.0

/// How the supervisor watches, restarts and stops its children.
package struct SupervisorSettings: Hashable, Sendable {
    /// A child whose heartbeat stands still for this long is killed.
    package var heartbeatTimeout: Duration = .seconds(5)
    /// A child that does not serve after this long is killed.
    package var startTimeout: Duration = .seconds(30)
    /// The same for one that replaces another, which then stays.
    package var successorTimeout: Duration = .seconds(30)
    /// In which a new program has to say whether it understands what it would get.
    package var probeTimeout: Duration = .seconds(10)
    /// The wait before the first restart; it doubles with every quick death.
    package var minimumBackOff: Duration = .milliseconds(100)
    package var maximumBackOff: Duration = .seconds(10)
    /// A child that lived this long restarts after the shortest wait again.
    package var stableAfter: Duration = .seconds(2)
    /// From TERM to the end of the last connection.
    package var drainTimeout: Duration = .seconds(30)

    package init() {}
}
