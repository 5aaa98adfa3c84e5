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
    ///
    /// The request is what is loaded again at a reload.
    /// - Throws: when nothing could be started; otherwise it does not return.
    static func run(
        _ configuration: Configuration,
        _ request: ServeRequest
    ) throws(CommandFailure) -> Never {
        let logger = makeLogger(configuration.log.level)
        var options = try options(for: configuration)
        options.renewal = renewal(request)
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

    /// Says whether this program could go on in the place of one that runs: the hidden `--probe`.
    static func probe(_ state: Int32, _ request: ServeRequest) -> Never {
        exit(Supervisor.probe(state) { load(request) })
    }

    /// Goes on in the place of the program that executed this one: the hidden `--resume`.
    static func resume(_ state: Int32, _ request: ServeRequest) throws(CommandFailure) -> Never {
        // A manifest that is wrong by now is refused, and logged, by the supervisor.
        let level = try? request.configuration().log.level
        let supervisor: Supervisor
        do throws(ResumptionError) {
            supervisor = try Supervisor.resume(
                state,
                renewal(request),
                logger: makeLogger(level ?? .info)
            )
        } catch {
            throw CommandFailure(
                CommandFailure.Status(rawValue: error.exitStatus) ?? .software,
                error.description
            )
        }
        exit(supervisor.run())
    }

    private static func makeLogger(_ level: LogSettings.Level) -> Logger {
        ProcessLog.logger(ProcessIdentity(.supervisor), level: level)
    }

    private static func renewal(_ request: ServeRequest) -> RenewalOptions {
        var renewal = RenewalOptions()
        renewal.load = { load(request) }
        renewal.arguments = CommandLine.arguments.dropFirst().filter {
            !$0.hasPrefix("--resume=")
        }
        return renewal
    }

    private static func load(_ request: ServeRequest) -> Result<SupervisorOptions, LoadingFailure> {
        do throws(CommandFailure) {
            return .success(try options(for: try request.configurationWithSecret()))
        } catch {
            return .failure(
                LoadingFailure(
                    exitStatus: error.status.rawValue,
                    problems: error.details.isEmpty ? [error.message] : error.details
                )
            )
        }
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
            workerCount: configuration.workers == 0
                ? min(cores, Configuration.maximumWorkers) : configuration.workers,
            dataFolder: configuration.data
        )
        // Children are told how many there are, and do not count the cores again.
        var handed = configuration
        handed.workers = options.workerCount
        options.hubConfiguration = handed.encoded(includingSecret: false)
        options.workerConfiguration = handed.encoded(includingSecret: true)
        options.timing.heartbeatTimeout = configuration.supervisor.heartbeatTimeout
        options.timing.startTimeout = configuration.supervisor.startTimeout
        options.timing.successorTimeout = configuration.supervisor.successorTimeout
        options.timing.probeTimeout = configuration.supervisor.probeTimeout
        options.timing.minimumBackOff = configuration.supervisor.minimumBackOff
        options.timing.maximumBackOff = configuration.supervisor.maximumBackOff
        options.timing.stableAfter = configuration.supervisor.stableAfter
        options.timing.drainTimeout = configuration.supervisor.drainTimeout
        options.plugins = configuration.plugins.map { SupervisedPlugin($0) }
        options.logLevel = Logger.Level(rawValue: configuration.log.level.rawValue)
        return options
    }
}

extension CommandFailure {
    /// What keeps a supervisor from starting; its text says what to do.
    init(_ error: SupervisorError) {
        self.init(Status(rawValue: error.exitStatus) ?? .software, error.description)
    }
}
