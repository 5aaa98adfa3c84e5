// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import StatusPage

/// Decides which children run: events in, actions out; no process, no clock.
///
/// Stopping goes in order: the workers drain while the hub still serves them, then the hub ends, then
/// the supervisor. A second request to stop skips the waiting.
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
    private static let permanentFailures: Set<Int32> = [64, 65, 66, 73, 77, 78]

    private enum Phase: Hashable {
        case serving
        case drainingWorkers(until: MonotonicTime)
        case stoppingHub(until: MonotonicTime)
        case finished
    }

    private let timing: SupervisionTiming
    private var phase = Phase.serving
    private var children: [ChildState]
    private var wasAnnounced = false
    private var lastTick: MonotonicTime
    private var exitStatus: Int32 = 0

    init(
        _ identities: [ProcessIdentity],
        _ timing: SupervisionTiming,
        now: MonotonicTime
    ) {
        self.timing = timing
        lastTick = now
        children = identities.map { ChildState($0, timing, now: now) }
    }

    var isStopping: Bool { phase != .serving }

    /// The processes that run now.
    var running: [(identity: ProcessIdentity, pid: Int32)] {
        children.compactMap { child in child.pid.map { (child.identity, $0) } }
    }

    /// When `tick` has something to do at the latest, signs of life aside.
    var nextDeadline: MonotonicTime? {
        var deadlines = children.compactMap { child -> MonotonicTime? in
            if case .waiting(let until) = child.condition { return until }
            return nil
        }
        switch phase {
        case .drainingWorkers(let until), .stoppingHub(let until): deadlines.append(until)
        case .serving, .finished: break
        }
        return deadlines.min()
    }

    // MARK: Events

    /// The first children; the order does not matter, since workers wait for the hub's socket.
    func start() -> [SupervisionAction] {
        children.map { .start($0.identity) }
    }

    mutating func started(_ identity: ProcessIdentity, pid: Int32, now: MonotonicTime) {
        guard let index = index(of: identity) else { return }
        children[index].began(pid: pid, now: now)
    }

    /// The system would not start it: no process or memory left.
    mutating func failedToStart(
        _ identity: ProcessIdentity,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        guard let index = index(of: identity) else { return [] }
        return replaceOrFinish(index, lifetime: .zero, now: now)
    }

    mutating func ended(
        _ identity: ProcessIdentity,
        _ status: ExitStatus,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        guard let index = index(of: identity) else { return [] }
        let child = children[index]
        if case .exited(let code) = status, Self.permanentFailures.contains(code),
            !child.hasServed, phase == .serving
        {
            exitStatus = code
            children[index].condition = .ended
            return [.giveUp(identity, status: code)] + stop(now: now)
        }
        return replaceOrFinish(index, lifetime: now - child.startedAt, now: now)
    }

    /// Somebody wants the service to end.
    mutating func stop(now: MonotonicTime) -> [SupervisionAction] {
        switch phase {
        case .serving:
            phase = .drainingWorkers(until: now + timing.drainTimeout + Self.drainMargin)
            for index in children.indices where children[index].identity.role == .worker {
                forgetRestart(index)
            }
            return workers.compactMap { child in
                child.pid.map { .terminate(child.identity, pid: $0) }
            } + advance(now: now)
        case .drainingWorkers, .stoppingHub:
            phase = .stoppingHub(until: now + timing.hubStopTimeout)
            for index in children.indices { forgetRestart(index) }
            return kill(children.indices.filter { children[$0].pid != nil }, .toldTwice)
                + advance(now: now)
        case .finished:
            return []
        }
    }

    /// Time passed; `signs` are what the running children show in the status page.
    mutating func tick(
        _ signs: [ProcessIdentity: SignOfLife],
        now: MonotonicTime
    ) -> [SupervisionAction] {
        var actions: [SupervisionAction] = []
        let watched = min(now - lastTick, Self.maximumWatchedInterval)
        lastTick = now
        for index in children.indices {
            if case .waiting(let until) = children[index].condition, until <= now {
                children[index].condition = .starting
                actions.append(.start(children[index].identity))
            }
            guard children[index].pid != nil, let sign = signs[children[index].identity],
                let reason = children[index].observe(sign, watched: watched, timing)
            else { continue }
            actions += kill([index], reason)
        }
        if !wasAnnounced, phase == .serving, children.allSatisfy(\.isServing) {
            wasAnnounced = true
            actions.append(.announceServing)
        }
        return actions + enforceDeadline(now: now)
    }

    // MARK: Steps

    private mutating func enforceDeadline(now: MonotonicTime) -> [SupervisionAction] {
        switch phase {
        case .drainingWorkers(let until) where until <= now:
            phase = .drainingWorkers(until: .distantFuture)
            return kill(
                children.indices.filter { children[$0].identity.role == .worker },
                .drainTimeout
            )
        case .stoppingHub(let until) where until <= now:
            phase = .stoppingHub(until: .distantFuture)
            return kill(Array(children.indices), .drainTimeout)
        default:
            return []
        }
    }

    private mutating func replaceOrFinish(
        _ index: Int,
        lifetime: Duration,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        guard mayRestart(children[index].identity.role) else {
            children[index].condition = .ended
            return advance(now: now)
        }
        let delay = children[index].backOff.delay(afterLiving: lifetime)
        children[index].condition = .waiting(until: now + delay)
        children[index].isServing = false
        return [.restartLater(children[index].identity, after: delay)]
    }

    /// Workers that drain still need their hub.
    private func mayRestart(_ role: ProcessRole) -> Bool {
        switch phase {
        case .serving: true
        case .drainingWorkers: role == .hub
        case .stoppingHub, .finished: false
        }
    }

    /// Goes on to the next step of stopping when this one is done.
    private mutating func advance(now: MonotonicTime) -> [SupervisionAction] {
        var actions: [SupervisionAction] = []
        if case .drainingWorkers = phase, workers.allSatisfy({ $0.condition == .ended }) {
            phase = .stoppingHub(until: now + timing.hubStopTimeout)
            for index in children.indices {
                forgetRestart(index)
                guard let pid = children[index].pid else { continue }
                actions.append(.terminate(children[index].identity, pid: pid))
            }
        }
        if case .stoppingHub = phase, children.allSatisfy({ $0.condition == .ended }) {
            phase = .finished
            actions.append(.finish(status: exitStatus))
        }
        return actions
    }

    private mutating func forgetRestart(_ index: Int) {
        if case .waiting = children[index].condition { children[index].condition = .ended }
    }

    private mutating func kill(_ indices: [Int], _ reason: KillReason) -> [SupervisionAction] {
        indices.compactMap { index in
            guard let pid = children[index].pid, !children[index].wasKilled else { return nil }
            children[index].wasKilled = true
            return .kill(children[index].identity, pid: pid, reason)
        }
    }

    private var workers: [ChildState] {
        children.filter { $0.identity.role == .worker }
    }

    private func index(of identity: ProcessIdentity) -> Int? {
        children.firstIndex { $0.identity == identity }
    }
}

extension MonotonicTime {
    /// Later than every deadline.
    fileprivate static let distantFuture = MonotonicTime(nanoseconds: .max)
}
