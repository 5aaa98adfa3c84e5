// SPDX-License-Identifier: Apache-2.0

package import Logging
package import Reactor
import StatusPage

/// What the supervisor has to know; the manifest says it in `listen`, `workers`, `data` and
/// `supervisor`.
package struct SupervisorOptions: Sendable {
    /// Most workers of one node: more than processor cores bring nothing, and each costs memory.
    package static let maximumWorkerCount = 512

    /// Where to listen; port 0 lets the system choose one, which all workers then share.
    package var addresses: [SocketAddress]
    /// Whom the supervisor becomes once it listens; nil: who starts it.
    package var account: Account?
    /// Whether a crash may leave memory on a disk.
    package var allowsCoreDumps = true
    /// What is spoken there, for who looks at the status: `tls` or nothing, for each address.
    package var addressLabels: [String] = []
    /// The permission bits of Unix sockets' files, by path; 0600 without.
    package var unixModes: [String: UInt32] = [:]
    package var workerCount: Int
    /// Made when it is missing; its parent must exist.
    package var dataFolder: String
    /// What the hub and the workers get as `ChildResources.configuration`, unchanged.
    package var hubConfiguration: [UInt8] = []
    package var workerConfiguration: [UInt8] = []
    /// The program that knows the subcommands `hub` and `worker`.
    package var executable = ChildProcess.ownExecutable
    package var timing = SupervisionTiming()
    /// Those of the manifest, at most `PluginPlace.maximumCount`, with different names.
    package var plugins: [SupervisedPlugin] = []
    /// nil: as it is.
    package var logLevel: Logger.Level?
    /// How the service is started, and loaded, again.
    package var renewal = RenewalOptions()

    package init(addresses: [SocketAddress], workerCount: Int, dataFolder: String) {
        self.addresses = addresses
        self.workerCount = workerCount
        self.dataFolder = dataFolder
    }
}

/// What reload and upgrade need.
package struct RenewalOptions: Sendable {
    /// Reads and checks the manifest as it was done at the start; nil: there is none to reload.
    package var load: (@Sendable () -> Result<SupervisorOptions, LoadingFailure>)?
    /// Where a newer program is found, absolute.
    package var program = OwnProcess.startPath
    /// The program's arguments without its name; `--probe=N` or `--resume=N` is added to them.
    package var arguments: [String] = []

    package init() {}
}

/// Why a manifest cannot be used.
package struct LoadingFailure: Error, Hashable, Sendable {
    /// As of `tally serve`, `sysexits.h`.
    package let exitStatus: Int32
    /// What is wrong, with where it stands; one line each.
    package let problems: [String]

    package init(exitStatus: Int32, problems: [String]) {
        self.exitStatus = exitStatus
        self.problems = problems
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
    /// From a successor's start to its serving; then it is abandoned.
    package var successorTimeout: Duration = .seconds(30)
    /// In which a new program has to say that it understands what it would get.
    package var probeTimeout: Duration = .seconds(10)

    package init() {}
}
