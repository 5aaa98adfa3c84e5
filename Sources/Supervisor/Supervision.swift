// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import StatusPage

/// Decides which children run: events in, actions out; no process, no clock.
///
/// Stopping goes in order: the workers drain while the hub still serves them, then the hub ends, then
/// the supervisor. A second request to stop skips the waiting. A renewal replaces workers one after
/// another and the hub last.
struct Supervision {
    /// Most time between two looks at the heartbeats that counts as watched.
    ///
    /// A supervisor that was
    /// itself stopped or starved for longer knows nothing about its children in that time.
    static let maximumWatchedInterval = Duration.seconds(1)

    /// What workers get beyond their drain timeout: they end by it themselves, and are killed only
    /// if they do not.
    static let drainMargin = Duration.milliseconds(500)

    /// Exit statuses by which a child says that starting it again would not help: usage, bad data,
    /// no input, cannot create, no permission, configuration (`sysexits.h`).
    static let permanentFailures: Set<Int32> = [64, 65, 66, 73, 77, 78]

    enum Phase: Hashable {
        case serving
        case drainingWorkers(until: MonotonicTime)
        case stoppingHub(until: MonotonicTime)
        case finished
    }

    var timing: SupervisionTiming
    var phase = Phase.serving
    var children: [ChildState]
    var retiring: [RetiringProcess] = []
    var renewal: Renewal?
    var plugins = PluginRoster()
    var exitStatus: Int32 = 0
    private var lastTick: MonotonicTime
    private var wasAnnounced = false
    /// Whether a child that cannot start for good stops the service: only while it comes up, since
    /// afterwards the others are of more use without it.
    var mayGiveUp = true

    init(
        _ identities: [ProcessIdentity],
        _ timing: SupervisionTiming,
        now: MonotonicTime
    ) {
        self.timing = timing
        lastTick = now
        children = identities.map { ChildState($0, timing) }
    }

    /// Goes on with children of another program; those without a process are started.
    init(
        resuming children: [(identity: ProcessIdentity, pid: Int32?)],
        _ timing: SupervisionTiming,
        now: MonotonicTime
    ) {
        self.init(children.map(\.identity), timing, now: now)
        wasAnnounced = true
        mayGiveUp = false
        for (identity, pid) in children {
            if let pid { started(identity, pid: pid, now: now) }
        }
    }

    var isStopping: Bool { phase != .serving }
    var isRenewing: Bool { renewal != nil }

    /// When `tick` has something to do at the latest, signs of life aside.
    var nextDeadline: MonotonicTime? {
        var deadlines = children.compactMap { child -> MonotonicTime? in
            if case .waiting(let until) = child.condition { return until }
            return nil
        }
        deadlines += retiring.filter { !$0.wasKilled }.map(\.until)
        if let deadline = renewal?.deadline { deadlines.append(deadline) }
        switch phase {
        case .drainingWorkers(let until), .stoppingHub(let until): deadlines.append(until)
        case .serving, .finished: break
        }
        return deadlines.min()
    }

    /// The process that does the work of a child.
    func pid(of identity: ProcessIdentity) -> Int32? {
        index(of: identity).flatMap { children[$0].process?.pid }
    }

    /// Whether a process is a successor or retires: its end is nobody's loss.
    func isAboutToEnd(pid: Int32) -> Bool {
        retiring.contains { $0.pid == pid }
            || children.contains { $0.process?.pid == pid && $0.successor != nil }
            || isEndingHub(pid: pid)
    }

    // MARK: Events

    /// The first children; the order does not matter, since workers wait for the hub's socket.
    func start() -> [SupervisionAction] {
        children.filter { $0.condition == .starting }.map { .start($0.identity) }
    }

    mutating func started(_ identity: ProcessIdentity, pid: Int32, now: MonotonicTime) {
        guard let index = index(of: identity) else { return }
        children[index].began(WatchedProcess(pid: pid, startedAt: now))
    }

    mutating func successorStarted(_ identity: ProcessIdentity, pid: Int32, now: MonotonicTime) {
        guard let index = index(of: identity) else { return }
        children[index].successor = WatchedProcess(pid: pid, startedAt: now)
    }

    /// The system would not start it: no process or memory left.
    mutating func failedToStart(
        _ identity: ProcessIdentity,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        guard let index = index(of: identity) else { return [] }
        return noteFailedAttempt(of: identity, .cannotStart)
            + replaceOrFinish(index, lifetime: .zero, now: now)
    }

    /// `loss`: the plugin that it died of, unless it had another version of it than is in force.
    mutating func ended(
        pid: Int32,
        _ status: ExitStatus,
        loss: PluginLoss? = nil,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        if let index = retiring.firstIndex(where: { $0.pid == pid }) {
            retiring.remove(at: index)
            return advance(now: now)
        }
        if let index = children.firstIndex(where: { $0.successor?.pid == pid }) {
            children[index].successor = nil
            return successorFailed(children[index].identity, .ended(status), now: now)
        }
        guard let index = children.firstIndex(where: { $0.process?.pid == pid }),
            let process = children[index].process
        else { return [] }
        let identity = children[index].identity
        if let successor = children[index].successor {
            return note(loss, now: now)
                + goOnWithout(process, index, successor: successor, now: now)
        }
        if isEndingHub(pid: pid) { return startNewHub(index, now: now) }
        if case .exited(let code) = status, Self.permanentFailures.contains(code),
            !children[index].hasServed, mayGiveUp, phase == .serving
        {
            exitStatus = code
            children[index].ended(waitingUntil: nil)
            return [.giveUp(identity, status: code)] + stop(now: now)
        }
        // A new version that does not come up fails its renewal, and is not to be remembered.
        let isOfRenewal = isAwaited(identity) && !process.isServing
        return note(isOfRenewal ? nil : loss, now: now)
            + noteFailedAttempt(of: identity, .ended(status))
            + replaceOrFinish(
                index,
                lifetime: now - process.startedAt,
                isPrompt: loss.map { plugins.restartsPromptly($0.plugin, now: now) } ?? false,
                now: now
            )
    }

    /// Time passed; `signs` are what the running processes show in the status page.
    mutating func tick(
        _ signs: [Int32: SignOfLife],
        now: MonotonicTime
    ) -> [SupervisionAction] {
        var actions: [SupervisionAction] = []
        let watched = min(now - lastTick, Self.maximumWatchedInterval)
        lastTick = now
        for index in children.indices {
            if case .waiting(let until) = children[index].condition, until <= now {
                children[index].willStart()
                actions.append(.start(children[index].identity))
            }
            guard let reason = children[index].observe(signs, watched: watched, timing) else {
                continue
            }
            actions += kill([index], reason)
        }
        if !wasAnnounced, phase == .serving, children.allSatisfy(\.isServing) {
            wasAnnounced = true
            mayGiveUp = false
            actions.append(.announceServing)
        }
        return actions + advanceRenewal(now: now) + enforceDeadlines(now: now)
    }

    // MARK: Steps

    func index(of identity: ProcessIdentity) -> Int? {
        children.firstIndex { $0.identity == identity }
    }

    mutating func replaceOrFinish(
        _ index: Int,
        lifetime: Duration,
        isPrompt: Bool = false,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        guard mayRestart(children[index].identity.role) else {
            children[index].ended(waitingUntil: nil)
            return advance(now: now)
        }
        let delay =
            isPrompt ? .zero : children[index].backOff.delay(afterLiving: lifetime)
        children[index].ended(waitingUntil: now + delay)
        return [.restartLater(children[index].identity, after: delay)]
    }

    private mutating func note(_ loss: PluginLoss?, now: MonotonicTime) -> [SupervisionAction] {
        guard let loss, plugins.noteDeath(of: loss.plugin, loss.death, now: now) else { return [] }
        return [.quarantine(plugin: loss.plugin)]
    }

    /// Workers that drain still need their hub.
    private func mayRestart(_ role: ProcessRole) -> Bool {
        switch phase {
        case .serving: true
        case .drainingWorkers: role == .hub
        case .stoppingHub, .finished: false
        }
    }

    mutating func kill(_ indices: [Int], _ reason: KillReason) -> [SupervisionAction] {
        indices.compactMap { index in
            guard let process = children[index].process, !process.wasKilled else { return nil }
            children[index].markKilled()
            return .kill(children[index].identity, pid: process.pid, reason)
        }
    }

    mutating func killRetiring(
        _ reason: KillReason,
        where isMeant: (RetiringProcess) -> Bool = { _ in true }
    ) -> [SupervisionAction] {
        retiring.indices.compactMap { index in
            let process = retiring[index]
            guard !process.wasKilled, isMeant(process) else { return nil }
            retiring[index].wasKilled = true
            return .kill(process.identity, pid: process.pid, reason)
        }
    }
}
