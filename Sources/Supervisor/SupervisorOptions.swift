// SPDX-License-Identifier: Apache-2.0

package import Reactor
import StatusPage

/// What the supervisor has to know; the manifest says it in `listen`, `workers`, `data` and
/// `supervisor`.
package struct SupervisorOptions: Sendable {
    /// Most workers of one node: more than processor cores bring nothing, and each costs memory.
    package static let maximumWorkerCount = 512

    /// Where to listen; port 0 lets the system choose one, which all workers then share.
    package var addresses: [SocketAddress]
    package var workerCount: Int
    /// Made when it is missing; its parent must exist.
    package var dataFolder: String
    /// What the hub and the workers get as `ChildResources.configuration`, unchanged.
    package var hubConfiguration: [UInt8] = []
    package var workerConfiguration: [UInt8] = []
    /// The program that knows the subcommands `hub` and `worker`.
    package var executable = ChildProcess.ownExecutable
    package var timing = SupervisionTiming()

    package init(addresses: [SocketAddress], workerCount: Int, dataFolder: String) {
        self.addresses = addresses
        self.workerCount = workerCount
        self.dataFolder = dataFolder
    }

    func configuration(for role: ProcessRole) -> [UInt8] {
        role == .hub ? hubConfiguration : workerConfiguration
    }
}

/// How long the supervisor waits for what.
package struct SupervisionTiming: Hashable, Sendable {
    /// A serving child whose heartbeat stands still for this long is killed.
    package var heartbeatTimeout: Duration = .seconds(5)
    /// The same until it says that it serves: reading a large journal takes longer than a beat.
    package var startTimeout: Duration = .seconds(30)
    /// The wait before a restart, doubled with every quick death up to the maximum.
    package var minimumBackOff: Duration = .milliseconds(100)
    package var maximumBackOff: Duration = .seconds(10)
    /// A child that lived this long restarts after the shortest wait again.
    package var stableAfter: Duration = .seconds(2)
    /// From the request to stop to the end of the last worker.
    package var drainTimeout: Duration = .seconds(30)
    /// From then to the end of the hub, which has nothing left to do but close its files.
    package var hubStopTimeout: Duration = .seconds(5)

    package init() {}
}
