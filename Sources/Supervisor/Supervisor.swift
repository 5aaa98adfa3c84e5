// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Logging
package import Reactor
import StatusPage

/// The parent of one hub and N workers: starts, watches, restarts, replaces and stops them.
///
/// It serves no client and runs no thread, since it forks at every restart. What it opens, it keeps:
/// listening sockets outlive the workers, and the hub's socket outlives the hub, so whoever
/// connects meanwhile waits instead of being refused.
package final class Supervisor {
    /// How often it looks at the heartbeats at least.
    private static let watchInterval = StatusSlot.beatInterval
    /// The same while a successor is about to serve: the next one waits for it.
    private static let renewalWatchInterval = Duration.milliseconds(10)

    let loop: EventLoop
    let claim: FolderClaim
    let hubListener: Descriptor
    let page: StatusPage
    let pluginPage: PluginPage
    /// The program that runs, for going back to it.
    let ownProgram: Descriptor
    /// A sealed file with what workers derive the keys of session tickets from, the same for as long
    /// as the service runs: never on a disk, and handed on at an upgrade.
    let ticketSecret: Descriptor
    /// Where a newer one will be; nil when nobody knows.
    let program: String?
    let renewalOptions: RenewalOptions
    var logger: Logger
    /// Whoever wants to know when the service is ready.
    let serviceManager = ServiceManager.ofEnvironment
    var operators: OperatorDoor?
    var setup: Setup
    /// What to go back to when the renewal that runs fails.
    var previousSetup: Setup?
    var previousPlugins: PluginRoster?
    /// What the file `plugins` says.
    var publishedPlugins: [Int: PluginEntry] = [:]
    var supervision: Supervision
    var processes: [Int32: ChildRecord] = [:]
    var startCounts: [ProcessIdentity: Int] = [:]
    /// What is being done, and what comes after it.
    var errand: Errand?
    var nextErrands: [Errand] = []
    var probe: Probe?
    /// The program that this one took over from, while it may have to go back to it.
    var previousProgram: Descriptor?

    private var operatorListener: Descriptor?
    private var exitStatus: Int32 = 0
    private var wakeUp: TimerID?

    /// Claims the data folder and opens every socket; starts nothing yet.
    ///
    /// With an account it becomes that one as soon as it listens; what it makes is the account's.
    /// - Throws: what keeps this Tally from starting, with what to do about it.
    package init(_ options: SupervisorOptions, logger: Logger) throws(SupervisorError) {
        OwnProcess.keepNewFilesPrivate()
        OwnProcess.raiseDescriptorLimit()
        OwnProcess.setName("tally")
        self.logger = logger
        renewalOptions = options.renewal
        program = options.renewal.program
        if let account = options.account, !account.isCurrent {
            let listeners = try Self.listenAndBecome(account, options)
            claim = try FolderClaim(path: options.dataFolder)
            setup = try Setup(options, listeners: listeners)
        } else {
            claim = try FolderClaim(path: options.dataFolder)
            setup = try Setup(options)
        }
        Self.giveUpPrivileges(options)
        hubListener = try Self.listen(DataFolder.hubSocketPath(options.dataFolder))
        operatorListener = try Self.listen(DataFolder.operatorSocketPath(options.dataFolder))
        do throws(SystemError) {
            page = try StatusPage.create(path: DataFolder.statusPath(options.dataFolder))
            pluginPage = try PluginPage.create(path: DataFolder.pluginsPath(options.dataFolder))
        } catch {
            throw .folderUnusable(options.dataFolder, error)
        }
        do throws(SystemError) {
            loop = try EventLoop()
            ownProgram = try OwnProcess.openProgram()
            ticketSecret = try Self.makeTicketSecret()
        } catch {
            throw .system(error)
        }
        let identities =
            [ProcessIdentity(.hub)]
            + (0..<options.workerCount).map { ProcessIdentity(.worker, $0) }
        supervision = Supervision(identities, options.timing, now: loop.now)
        _ = supervision.plugins.adopt(options.plugins, numbersInUse: [])
        page.slot(0)?.assign(ProcessIdentity(.supervisor), .current)
        // In the order in which they are shown, before any of them runs.
        for identity in identities {
            page.slot(StatusPage.slots(of: identity).lowerBound)?.assign(identity, .current)
        }
        page.setAddresses(setup.listeners.addresses, labels: options.addressLabels)
        publishPlugins()
    }

    /// Opens what only the superuser may open, gives it to the account, and becomes the account.
    private static func listenAndBecome(
        _ account: Account,
        _ options: SupervisorOptions
    ) throws(SupervisorError) -> ListenerSet {
        guard Account.isSuperuser else { throw .notSuperuser(account.name) }
        try FolderClaim.prepare(options.dataFolder, for: account)
        let listeners = try ListenerSet(
            options.addresses,
            workerCount: options.workerCount,
            // The account sets them, as soon as this process is nobody else.
            unixModes: nil
        )
        do throws(SystemError) {
            try listeners.give(to: account)
            try account.become()
        } catch {
            throw .system(error)
        }
        return listeners
    }

    /// What this process and all that it starts can do without.
    private static func giveUpPrivileges(_ options: SupervisorOptions) {
        OwnProcess.forbidNewPrivileges()
        if !options.allowsCoreDumps { OwnProcess.forbidCoreDumps() }
    }

    /// Makes the data folder if it is missing, for what is to lie there before there is a supervisor.
    ///
    /// - Throws: when it cannot be made, or others may write into it.
    package static func prepareFolder(
        _ path: String,
        for account: Account? = nil
    ) throws(SupervisorError) {
        try FolderClaim.prepare(path, for: account)
    }

    /// Goes on where another program stopped: same process, same children.
    init(
        resuming state: SupervisorState,
        _ setup: Setup,
        page: StatusPage,
        logger: Logger
    ) throws(SystemError) {
        OwnProcess.keepNewFilesPrivate()
        OwnProcess.setName("tally")
        self.logger = logger
        self.setup = setup
        self.page = page
        pluginPage = try Self.openPluginPage(state.dataFolder)
        renewalOptions = setup.options.renewal
        program = state.program
        claim = FolderClaim(path: state.dataFolder, resuming: Descriptor(owning: state.lock))
        hubListener = Descriptor(owning: state.hubListener)
        operatorListener = Descriptor(owning: state.operatorListener)
        previousProgram = Descriptor(owning: state.ownProgram)
        loop = try EventLoop()
        ownProgram = try OwnProcess.openProgram()
        if let raw = state.ticketSecret {
            ticketSecret = Descriptor(owning: raw)
        } else {
            // The program before this one knew no TLS.
            ticketSecret = try Self.makeTicketSecret()
        }
        supervision = Supervision(
            resuming: state.children.map { ($0.identity, $0.process?.pid) },
            setup.options.timing,
            now: loop.now
        )
        supervision.plugins = PluginRoster(state.plugins)
        for child in state.children {
            startCounts[child.identity] = child.startCount
            guard let process = child.process else { continue }
            processes[process.pid] = ChildRecord(process, supervision.plugins)
        }
        let askers = state.askers.map { Asker(Descriptor(owning: $0)) }
        switch state.task {
        case .finishUpgrade: nextErrands = [Errand(.finishUpgrade, askers: askers)]
        case .undo(let undo): nextErrands = [Errand(.undo(undo), askers: askers)]
        }
        publishPlugins()
    }

    /// Runs the children and watches them until told to stop by TERM or INT.
    ///
    /// The first signal drains, a second one ends at once. No child is left afterwards. HUP reloads,
    /// USR2 upgrades.
    /// - Returns: the exit status: 0, or that of a child that could not start for good.
    package func run() -> Int32 {
        do throws(SystemError) {
            // Blocked already where another program ran before: what came meanwhile comes now.
            try loop.watchSignals([SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR2]) { [unowned self] in
                receive(signal: $0)
            }
            if let listener = operatorListener.take() {
                operators = try OperatorDoor(listener, on: loop) { [unowned self] in
                    request($0, from: $1)
                }
            }
            for address in setup.listeners.addresses {
                logger.info("listening", metadata: ["address": "\(address)"])
            }
            let slot = page.slot(0)
            slot?.began(pid: OwnProcess.identifier, restarts: 0, at: WallClock.now())
            slot?.setPhase(.serving)
            slot?.startBeating(on: loop)
            reapChildren()
            perform(supervision.start())
            watch()
            try loop.run()
        } catch {
            // Children die with this process.
            logger.critical("supervisor failed", metadata: ["error": "\(error)"])
            exitStatus = 71
        }
        setup.listeners.removeFiles()
        try? File.remove(DataFolder.hubSocketPath(claim.path))
        try? File.remove(DataFolder.operatorSocketPath(claim.path))
        page.slot(0)?.ended()
        logger.info("stopped", metadata: ["status": "\(exitStatus)"])
        return exitStatus
    }

    /// Where clients can connect, with the ports that the system chose.
    package var addresses: [String] { setup.listeners.addresses.map(\.description) }

    func finish(status: Int32) {
        exitStatus = status
        loop.stop()
    }

    private func receive(signal: Int32) {
        switch signal {
        case SIGCHLD: reapChildren()
        case SIGHUP: request(.reload, from: nil)
        case SIGUSR2: request(.upgrade, from: nil)
        default: stop(signal)
        }
        watch()
    }

    private func stop(_ signal: Int32) {
        serviceManager.tell(.stopping)
        let message: Logger.Message = supervision.isStopping ? "stopping at once" : "draining"
        logger.notice(
            message,
            metadata: ["signal": "\(ExitStatus.name(ofSignal: signal))"]
        )
        cancelErrands()
        perform(supervision.stop(now: loop.now))
        page.slot(0)?.setPhase(.draining)
    }

    /// Looks after the children now, and again at the next deadline.
    func watch() {
        if let wakeUp { loop.cancel(wakeUp) }
        perform(supervision.tick(signsOfLife(), now: loop.now))
        publishPlugins()
        runNextErrand()
        let interval =
            supervision.isRenewing ? Self.renewalWatchInterval : Self.watchInterval
        let latest = loop.now + interval
        let next = min(supervision.nextDeadline ?? latest, latest)
        wakeUp = loop.schedule(after: next - loop.now) { [unowned self] in watch() }
    }

    private static func makeTicketSecret() throws(SystemError) -> Descriptor {
        var generator = SystemRandomNumberGenerator()
        let byteCount = 32  // as many as the keys that are derived from it have
        let bytes = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return try File.sealed(bytes, name: "tally-tickets")
    }

    /// A Unix socket in the data folder.
    private static func listen(_ path: String) throws(SupervisorError) -> Descriptor {
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
            throw .folderUnusable(path, error)
        }
    }
}
