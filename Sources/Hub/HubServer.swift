// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
package import Journal
package import Logging
package import Reactor

/// The hub's core on an event loop: accepts workers' links, feeds the core, carries out its actions.
package final class HubServer: EventHandler {
    let loop: EventLoop
    let options: HubOptions
    let logger: Logger
    /// nil: nothing outlives this process, as in tests.
    let journal: Journal?
    var core: HubCore
    /// Differs for every core.
    private var seed: UInt64
    /// Why the hub cannot go on; its process ends with the error's exit status.
    package internal(set) var failure: JournalError?
    /// Saves the journal's log; nil while there is none.
    var checkpointer: CheckpointerProcess?
    /// Those that ended, and that the system still tells of.
    var endedCheckpointers: [CheckpointerProcess] = []
    /// The program that knows the checkpointer's subcommand; nil: the hub saves the log itself.
    let checkpointerProgram: String?
    var holdEnd: TimerID?
    /// So that a journal that cannot be tidied up is said once and not every second.
    var upkeepFails = false
    private var clock: HubClock
    private let listener: Descriptor
    private var listening: Registration?
    private var links: [LinkID: WorkerLink] = [:]
    private var nextLink: UInt32 = 1
    private var turn = HubTurn()
    private var isTurnOpen = false
    private var deadline: (timer: TimerID, at: Timestamp)?
    var figures = HubFigures()
    private var isStopping = false
    var isKeepingUp = false
    /// One receive's bytes, for whichever link is being read.
    var receiveBuffer = [UInt8](repeating: 0, count: 256 << 10)

    /// Between two attempts to accept while the process has no descriptor left.
    private static let acceptPause: Duration = .milliseconds(100)
    /// How long stopping waits for workers to read what was acknowledged.
    private static let flushTimeout: Duration = .seconds(1)

    /// `listener`: a listening Unix socket; `seed`: random.
    ///
    /// - Throws: when what the journal holds cannot be read.
    package init(
        loop: EventLoop,
        listener: consuming Descriptor,
        options: HubOptions,
        journal: Journal? = nil,
        checkpointerProgram: String? = nil,
        seed: UInt64,
        logger: Logger
    ) throws(JournalError) {
        self.loop = loop
        self.checkpointerProgram = checkpointerProgram
        self.listener = listener
        self.options = options
        self.logger = logger
        self.journal = journal
        self.seed = seed
        let wall = WallClock.now()
        // The wall clock may have been set back while no hub ran.
        let latest = max(wall, journal?.newestTime.milliseconds ?? wall)
        var clock = HubClock(monotonic: Self.monotonicMilliseconds(), wall: latest)
        core = HubCore(
            options: options,
            seed: seed,
            state: try journal.map { (journal) throws(JournalError) in
                try HubState(options: options, journal: journal)
            },
            now: clock.read(monotonic: Self.monotonicMilliseconds(), wall: wall)
        )
        self.clock = clock
    }

    package var linkCount: Int { links.count }

    /// Takes what was counted since the last call.
    package func takeFigures() -> HubFigures {
        defer { figures = HubFigures() }
        return figures
    }

    package func start() throws(SystemError) {
        listening = try loop.add(listener.raw, .readable, handler: self)
        if journal != nil, !isKeepingUp { keepUp() }
        // A rebuilt state may have deadlines that nothing else would wake the hub for.
        scheduleDeadline()
    }

    /// Finishes what was begun, then stops the loop.
    package func stop() {
        guard !isStopping else { return loop.stop() }
        isStopping = true
        stopAccepting()
        openTurn()
        loop.schedule(after: Self.flushTimeout) { [loop] in loop.stop() }
    }

    package func handle(_ readiness: Readiness) {
        while true {
            switch Socket.accept(listener.raw) {
            case .accepted(let connection):
                open(connection.takeDescriptor())
            case .wouldBlock:
                return
            case .descriptorsExhausted(let error):
                return pauseAccepting(error)
            case .failed(let error):
                return pauseAccepting(error)
            }
        }
    }

    func receive(_ message: WorkerMessage, from link: LinkID) {
        if case .request = message { figures.requests += 1 }
        handle(.received(link, message))
    }

    /// Forgets a link and, unless the core did so itself, all that came over it.
    func end(_ link: WorkerLink, _ end: WorkerLink.End) {
        guard links.removeValue(forKey: link.id) != nil else { return }
        link.close()
        report(link.id, end)
        if case .fault = end { return }
        handle(.linkClosed(link.id))
    }

    private func open(_ descriptor: consuming Descriptor) {
        let id = LinkID(rawValue: nextLink)
        nextLink &+= 1
        let link = WorkerLink(
            id,
            descriptor,
            limits: LinkLimits(maximumFrameByteCount: options.maximumLinkMessageByteCount),
            maximumUnsentByteCount: options.maximumUnsentByteCount,
            loop: loop,
            server: self
        )
        do {
            try link.open()
        } catch {
            logger.error("cannot watch a worker's link", metadata: ["error": "\(error)"])
            return
        }
        links[id] = link
        handle(.linkOpened(id))
    }

    func handle(_ event: HubEvent) {
        guard loadLog(for: event) else { return }
        turn.collect(core.handle(event, now: time()))
        openTurn()
    }

    func time() -> Timestamp {
        clock.read(monotonic: Self.monotonicMilliseconds(), wall: WallClock.now())
    }

    private static func monotonicMilliseconds() -> Int64 {
        Int64(MonotonicTime.now().nanoseconds / 1_000_000)
    }

    // MARK: The end of a turn

    func openTurn() {
        guard !isTurnOpen else { return }
        isTurnOpen = true
        loop.deferToEndOfTurn { [self] in closeTurn() }
    }

    /// Commits the turn's records as one group and only then lets its messages leave.
    private func closeTurn() {
        isTurnOpen = false
        // What came meanwhile waits for the log, and goes on with the rest then.
        guard journal?.checkpoints.isHolding != true else { return }
        guard commit(turn.takeRecords()) else { return }
        for message in turn.takeMessages() { carryOut(message) }
        for link in links.values { link.flush() }
        scheduleDeadline()
        if let journal {
            if journal.needsUpkeep { tidy(journal) }
            saveLog(journal)
        }
        if isStopping, links.values.allSatisfy({ $0.unsentByteCount == 0 }) { loop.stop() }
    }

    /// Goes back to what the journal has: what was not committed has not happened.
    ///
    /// Every worker loses its link, connects anew and asks again.
    func startOver(isReadOnly: Bool) throws(JournalError) {
        guard let journal else { return }
        for link in links.values { link.close() }
        links = [:]
        turn = HubTurn()
        seed &+= 1
        core = HubCore(
            options: options,
            seed: seed,
            state: try HubState(options: options, journal: journal),
            isReadOnly: isReadOnly,
            now: time()
        )
        scheduleDeadline()
    }

    private func carryOut(_ message: HubTurn.Message) {
        switch message {
        case .one(let link, let message):
            count(message)
            links[link]?.queue(Self.encode(message))
        case .many(let receivers, let message):
            count(message)
            let bytes = Self.encode(message)
            for receiver in receivers { links[receiver]?.queue(bytes) }
        case .drop(let id, let fault):
            guard let link = links[id] else { return }
            end(link, .fault(fault))
        }
    }

    private static func encode(_ message: HubMessage) -> [UInt8] {
        var writer = LinkWriter()
        writer.append(message)
        return writer.take()
    }

    private func scheduleDeadline() {
        guard let next = core.nextDeadline else { return }
        if let deadline {
            guard next < deadline.at else { return }
            loop.cancel(deadline.timer)
        }
        // Not below a millisecond: while the hub's clock runs slow, a deadline may seem near for
        // longer than it is.
        let wait = max(next - time(), .milliseconds(1))
        let timer = loop.schedule(after: wait) { [self] in
            deadline = nil
            handle(.deadline)
        }
        deadline = (timer, next)
    }

    private func count(_ message: HubMessage) {
        switch message {
        case .publication:
            figures.publications += 1
        case .reply(_, .success(.subscribed(let subscribed))):
            if subscribed.recovered == true { figures.recoveries += 1 }
            if subscribed.recovered == false { figures.failedRecoveries += 1 }
        default:
            break
        }
    }

    // MARK: Accepting

    private func stopAccepting() {
        if let listening { loop.remove(listening) }
        listening = nil
    }

    private func pauseAccepting(_ error: SystemError) {
        logger.error("cannot accept a worker", metadata: ["error": "\(error)"])
        stopAccepting()
        loop.schedule(after: Self.acceptPause) { [self] in
            guard !isStopping, listening == nil else { return }
            do throws(SystemError) {
                try start()
            } catch {
                pauseAccepting(error)
            }
        }
    }
}
