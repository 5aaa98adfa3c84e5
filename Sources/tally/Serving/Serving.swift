// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Manifest
import Reactor
import StatusPage
import Supervisor

/// Turns a valid configuration into a supervisor and lets it run.
enum Serving {
    /// Serves until it is told to stop, and ends the process with the supervisor's status.
    static func run(_ configuration: Configuration) throws(CommandFailure) -> Never {
        let logger = ProcessLog.logger(
            ProcessIdentity(.supervisor),
            level: configuration.log.level
        )
        let options = try options(for: configuration)
        let supervisor: Supervisor
        do throws(SupervisorError) {
            supervisor = try Supervisor(options, logger: logger)
        } catch {
            throw CommandFailure(error)
        }
        warnOfFewDescriptors(configuration, logger)
        exit(supervisor.run())
    }

    /// Better said now than found out at the first full house.
    private static func warnOfFewDescriptors(_ configuration: Configuration, _ logger: Logger) {
        let descriptors = OwnProcess.raiseDescriptorLimit()
        let connections = configuration.client.maximumConnections
        let own = 64  // what a worker opens beside its clients' sockets, and some to spare
        guard descriptors < connections + own else { return }
        logger.notice(
            "fewer descriptors than connections; raise the limit (ulimit -n, LimitNOFILE=)",
            metadata: [
                "descriptors": "\(descriptors)",
                "maximum_connections": "\(connections)",
            ]
        )
    }

    private static func options(
        for configuration: Configuration
    ) throws(CommandFailure) -> SupervisorOptions {
        var addresses: [SocketAddress] = []
        for text in configuration.listen {
            do throws(SocketAddressError) {
                addresses.append(try SocketAddress(parsing: text))
            } catch {
                throw CommandFailure(.configuration, "listen: \(error)")
            }
        }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var options = SupervisorOptions(
            addresses: addresses,
            workerCount: configuration.workers == 0 ? cores : configuration.workers,
            dataFolder: configuration.data
        )
        options.hubConfiguration = configuration.encoded(includingSecret: false)
        options.workerConfiguration = configuration.encoded(includingSecret: true)
        options.timing.heartbeatTimeout = configuration.supervisor.heartbeatTimeout
        options.timing.minimumBackOff = configuration.supervisor.minimumBackOff
        options.timing.maximumBackOff = configuration.supervisor.maximumBackOff
        options.timing.stableAfter = configuration.supervisor.stableAfter
        options.timing.drainTimeout = configuration.supervisor.drainTimeout
        return options
    }
}

extension CommandFailure {
    /// What keeps a supervisor from starting; its text says what to do.
    init(_ error: SupervisorError) {
        self.init(Status(rawValue: error.exitStatus) ?? .software, error.description)
    }
}
