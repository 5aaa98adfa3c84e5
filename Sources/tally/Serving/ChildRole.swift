// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hub
import Manifest
import Reactor
import StatusPage
import Worker

/// What a child of the supervisor is, by its hidden subcommand.
enum ChildRole: String {
    case hub
    case worker

    /// The whole life of such a process.
    func run(arguments: [String]) -> Never {
        do {
            exit(try serve(arguments: arguments))
        } catch let error as ChildLaunchError {
            // What the supervisor hands down is right, unless this was started by hand.
            CommandFailure(.usage, "\(error)").exit()
        } catch {
            // Such as a predecessor that hangs: another attempt may do better, so the supervisor must
            // not take it for one that is hopeless.
            CommandFailure(.system, "\(rawValue): \(error)").exit()
        }
    }

    private func serve(arguments: [String]) throws -> Int32 {
        let launch = try ChildLaunch(role: self == .hub ? .hub : .worker, arguments: arguments)
        let resources = try launch.enter()
        let configuration = try Configuration(decoding: resources.configuration)
        if !configuration.coreDumps { OwnProcess.forbidCoreDumps() }
        let logger = ProcessLog.logger(launch.identity, level: configuration.log.level)
        switch self {
        case .hub:
            let hub = HubProcess(
                launch: launch,
                resources: resources,
                configuration: configuration,
                logger: logger
            )
            return hub.run()
        case .worker:
            let worker = try WorkerProcess(
                launch: launch,
                status: resources.slot,
                configuration: configuration,
                logger: logger
            )
            try worker.run()
            return EXIT_SUCCESS
        }
    }
}
