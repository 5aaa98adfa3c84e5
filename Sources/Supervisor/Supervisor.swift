// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Logging
import Reactor
import StatusPage

/// The parent of one hub and N workers: starts, watches, restarts and stops them.
///
/// It serves no client and runs no thread, since it forks at every restart. What it opens, it keeps:
/// listening sockets outlive the workers, and the hub's socket outlives the hub, so whoever
/// connects meanwhile waits instead of being refused.
package final class Supervisor {
    /// How often it looks at the heartbeats at least.
    private static let watchInterval = StatusSlot.beatInterval

    let options: SupervisorOptions
    let logger: Logger
    let loop: EventLoop
    let claim: FolderClaim
    let listeners: ListenerSet
    let hubListener: Descriptor
    let page: StatusPage
    let hubConfiguration: Descriptor
    let workerConfiguration: Descriptor
    var supervision: Supervision
    /// The supervisor's ends of the workers' control sockets.
    var controls: [ProcessIdentity: Control] = [:]
    var restartCounts: [ProcessIdentity: Int] = [:]

    private let identities: [ProcessIdentity]
    private var exitStatus: Int32 = 0
    private var wakeUp: TimerID?

    /// Claims the data folder and opens every socket; starts nothing yet.
    ///
    /// - Throws: what keeps this Tally from starting, with what to do about it.
    package init(_ options: SupervisorOptions, logger: Logger) throws(SupervisorError) {
        precondition(1...SupervisorOptions.maximumWorkerCount ~= options.workerCount)
        OwnProcess.keepNewFilesPrivate()
        OwnProcess.raiseDescriptorLimit()
        self.options = options
        self.logger = logger
        identities =
            [ProcessIdentity(.hub)]
            + (0..<options.workerCount).map { ProcessIdentity(.worker, $0) }
        claim = try FolderClaim(path: options.dataFolder)
        listeners = try ListenerSet(options.addresses, workerCount: options.workerCount)
        hubListener = try Self.listenForWorkers(in: options.dataFolder)
        let slots = [ProcessIdentity(.supervisor)] + identities
        do throws(SystemError) {
            page = try StatusPage.create(
                path: DataFolder.statusPath(options.dataFolder),
                slots: slots
            )
        } catch {
            throw .folderUnusable(options.dataFolder, error)
        }
        do throws(SystemError) {
            hubConfiguration = try File.sealed(
                options.hubConfiguration,
                name: "tally-hub-configuration"
            )
        } catch {
            throw .system(error)
        }
        do throws(SystemError) {
            workerConfiguration = try File.sealed(
                options.workerConfiguration,
                name: "tally-worker-configuration"
            )
        } catch {
            throw .system(error)
        }
        do throws(SystemError) {
            loop = try EventLoop()
        } catch {
            throw .system(error)
        }
        supervision = Supervision(identities, options.timing, now: loop.now)
        page.setAddresses(listeners.addresses)
    }

    /// Makes the data folder if it is missing, for what is to lie there before there is a supervisor.
    ///
    /// - Throws: when it cannot be made, or others may write into it.
    package static func prepareFolder(_ path: String) throws(SupervisorError) {
        try FolderClaim.prepare(path)
    }

    /// Serves until it is told to stop by TERM, INT or HUP.
    ///
    /// The first signal drains, a second one ends at once. No child is left afterwards.
    /// - Returns: the exit status: 0, or that of a child that could not start for good.
    package func run() -> Int32 {
        do throws(SystemError) {
            try loop.watchSignals([SIGCHLD] + stoppingSignals) { [unowned self] in
                receive(signal: $0)
            }
            for address in listeners.addresses {
                logger.info("listening", metadata: ["address": "\(address)"])
            }
            let slot = page.slot(ProcessIdentity(.supervisor))
            slot?.began(pid: OwnProcess.identifier, restarts: 0, at: WallClock.now())
            slot?.setPhase(.serving)
            slot?.startBeating(on: loop)
            perform(supervision.start())
            watch()
            try loop.run()
        } catch {
            // Children die with this process.
            logger.critical("supervisor failed", metadata: ["error": "\(error)"])
            exitStatus = 71
        }
        listeners.removeFiles()
        try? File.remove(DataFolder.hubSocketPath(claim.path))
        page.slot(ProcessIdentity(.supervisor))?.ended()
        logger.info("stopped", metadata: ["status": "\(exitStatus)"])
        return exitStatus
    }

    /// Where clients can connect, with the ports that the system chose.
    package var addresses: [String] { listeners.addresses.map(\.description) }

    func finish(status: Int32) {
        exitStatus = status
        loop.stop()
    }

    /// A closed terminal ends a service that runs in it, unless `nohup` said otherwise.
    private var stoppingSignals: [Int32] {
        OwnProcess.ignoresSignal(SIGHUP) ? [SIGTERM, SIGINT] : [SIGTERM, SIGINT, SIGHUP]
    }

    private func receive(signal: Int32) {
        if signal == SIGCHLD {
            reapChildren()
        } else {
            let message: Logger.Message =
                supervision.isStopping ? "stopping at once" : "draining"
            logger.notice(
                message,
                metadata: ["signal": "\(ExitStatus.name(ofSignal: signal))"]
            )
            perform(supervision.stop(now: loop.now))
            page.slot(ProcessIdentity(.supervisor))?.setPhase(.draining)
        }
        watch()
    }

    /// Looks after the children now, and again at the next deadline.
    private func watch() {
        if let wakeUp { loop.cancel(wakeUp) }
        perform(supervision.tick(signsOfLife(), now: loop.now))
        let latest = loop.now + Self.watchInterval
        let next = min(supervision.nextDeadline ?? latest, latest)
        wakeUp = loop.schedule(after: next - loop.now) { [unowned self] in watch() }
    }

    /// The socket under which workers find the hub; every hub inherits it.
    private static func listenForWorkers(
        in folder: String
    ) throws(SupervisorError) -> Descriptor {
        let path = DataFolder.hubSocketPath(folder)
        guard path.utf8.count <= SocketAddress.maximumPathByteCount else {
            throw .socketPathTooLong(path, most: SocketAddress.maximumPathByteCount)
        }
        do throws(SystemError) {
            // The folder is locked: whoever made an older one is gone.
            try File.remove(path)
            return try Socket.listen(
                .unix(path: path),
                reusePort: false,
                backlog: ListenerSet.backlog
            )
        } catch {
            throw .folderUnusable(folder, error)
        }
    }
}
