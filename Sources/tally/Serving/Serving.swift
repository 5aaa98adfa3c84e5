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
        let configuration = try? request.configuration()
        // The new program of this process may leave its memory behind again.
        if !(configuration?.coreDumps ?? false) { OwnProcess.forbidCoreDumps() }
        let level = configuration?.log.level
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

    /// Whom the manifest wants the processes to be.
    static func account(_ configuration: Configuration) throws(CommandFailure) -> Account? {
        guard !configuration.user.isEmpty else { return nil }
        do throws(AccountError) {
            return try Account(user: configuration.user, group: configuration.group)
        } catch {
            switch error {
            case .unknownUser(let name):
                throw CommandFailure(
                    .configuration,
                    "user: there is no user \(name)",
                    advice: "make one: useradd --system --home-dir /var/lib/tally \(name)"
                )
            case .unknownGroup(let name):
                throw CommandFailure(.configuration, "group: there is no group \(name)")
            }
        }
    }

    /// What serving finds out before it starts anything, beside the configuration itself.
    static func check(
        _ configuration: Configuration,
        _ environment: [String: String]
    ) throws(CommandFailure) {
        _ = try account(configuration)
        _ = try listenPoints(configuration.listen)
        _ = try PublicKeyFiles.read(configuration.tokens)
        try ServerSecret.check(configuration, environment)
    }

    /// Every address on its own: a host name may have several.
    private static func listenPoints(
        _ entries: [ListenEntry]
    ) throws(CommandFailure) -> [(entry: ListenEntry, address: SocketAddress)] {
        var points: [(entry: ListenEntry, address: SocketAddress)] = []
        for entry in entries {
            do throws(SocketAddressError) {
                for address in try SocketAddress.all(parsing: entry.address) {
                    var one = entry
                    one.address = address.description
                    points.append((one, address))
                }
            } catch {
                throw CommandFailure(.configuration, "listen: \(error)")
            }
        }
        return points
    }

    private static func options(
        for configuration: Configuration
    ) throws(CommandFailure) -> SupervisorOptions {
        var configuration = configuration
        let points = try listenPoints(configuration.listen)
        // Workers get one entry for each socket, in the same order.
        configuration.listen = points.map(\.entry)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var options = SupervisorOptions(
            addresses: points.map(\.address),
            workerCount: configuration.workers == 0
                ? min(cores, Configuration.maximumWorkers) : configuration.workers,
            dataFolder: configuration.data
        )
        options.account = try account(configuration)
        options.allowsCoreDumps = configuration.coreDumps
        options.addressLabels = points.map { point in
            let spoken = [
                point.entry.isTLS ? "tls" : nil,
                point.entry.expectsProxyHeader ? "proxy_protocol" : nil,
            ]
            return spoken.compactMap(\.self).joined(separator: " ")
        }
        for case (let entry, .unix(let path)) in points { options.unixModes[path] = entry.mode }
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
