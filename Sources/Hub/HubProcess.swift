// SPDX-License-Identifier: Apache-2.0

import Glibc
import Journal
package import Logging
package import Manifest
import Reactor
package import StatusPage

/// The hub as a process: what the supervisor's child does from its first line to its exit status.
package struct HubProcess {
    private let launch: ChildLaunch
    private let resources: ChildResources
    private let configuration: Configuration
    private let logger: Logger

    /// `resources`: what `launch.enter()` gave; `configuration`: decoded from them.
    package init(
        launch: ChildLaunch,
        resources: ChildResources,
        configuration: Configuration,
        logger: Logger
    ) {
        self.launch = launch
        self.resources = resources
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves the workers until TERM or INT; answers the exit status.
    package func run() -> Int32 {
        guard let listener = launch.listeners.first, launch.listeners.count == 1 else {
            logger.critical("the hub takes one listening socket from the supervisor")
            return Self.usageError
        }
        OwnProcess.surviveFileSizeLimit()
        do {
            let loop = try EventLoop()
            let options = HubOptions(configuration)
            let journal = try Journal(
                folder: launch.dataFolder,
                options: options.journalOptions
            )
            var random = SystemRandomNumberGenerator()
            let server = try HubServer(
                loop: loop,
                listener: Descriptor(owning: listener),
                options: options,
                journal: journal,
                checkpointerProgram: ChildProcess.ownExecutable,
                seed: random.next(),
                logger: logger
            )
            try loop.watchSignals([SIGTERM, SIGINT]) { [resources, logger] signal in
                // A terminal's Ctrl-C reaches every process; the supervisor decides when to end.
                guard signal == SIGTERM else { return }
                logger.debug("hub ends")
                resources.slot.setPhase(.draining)
                server.stop()
            }
            try server.start()
            resources.slot.startBeating(on: loop)
            Self.keepCounting(server, resources.slot, loop)
            resources.slot.setPhase(.serving)
            logger.debug("hub serves", metadata: ["pid": "\(getpid())"])
            try loop.run()
            if let failure = server.failure { throw failure }
            return EXIT_SUCCESS
        } catch {
            logger.critical("hub fails", metadata: ["error": "\(error)"])
            return (error as? JournalError)?.exitStatus ?? Self.systemError
        }
    }

    /// Brings the server's figures to the status page, as often as the process beats.
    private static func keepCounting(
        _ server: HubServer,
        _ slot: StatusSlot,
        _ loop: EventLoop
    ) {
        let figures = server.takeFigures()
        slot.add(.hubRequests, figures.requests)
        slot.add(.publications, figures.publications)
        slot.add(.recoveries, figures.recoveries)
        slot.add(.failedRecoveries, figures.failedRecoveries)
        slot.add(.hubLinkErrors, figures.linkErrors)
        slot.setConnections(server.linkCount)
        loop.schedule(after: StatusSlot.beatInterval) { keepCounting(server, slot, loop) }
    }

    /// EX_USAGE and EX_OSERR of sysexits(3).
    private static let usageError: Int32 = 64
    private static let systemError: Int32 = 71
}
