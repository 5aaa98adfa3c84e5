// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// How the service ends: workers drain, then the hub ends, then the supervisor.
extension Supervision {
    /// Somebody wants the service to end.
    mutating func stop(now: MonotonicTime) -> [SupervisionAction] {
        switch phase {
        case .serving:
            let end = now + timing.drainTimeout + Self.drainMargin
            phase = .drainingWorkers(until: end)
            let cancelled: [SupervisionAction] = renewal == nil ? [] : [.renewalCancelled]
            renewal = nil
            for index in children.indices { dismissSuccessor(index, until: end) }
            for index in children.indices where children[index].identity.role == .worker {
                forgetRestart(index)
            }
            return cancelled
                + workers.compactMap { child in
                    child.process.map { .terminate(child.identity, pid: $0.pid) }
                }
                + retiring.filter { !$0.wasKilled }.map { .terminate($0.identity, pid: $0.pid) }
                + advance(now: now)
        case .drainingWorkers, .stoppingHub:
            phase = .stoppingHub(until: now + timing.hubStopTimeout)
            for index in children.indices { forgetRestart(index) }
            return kill(Array(children.indices), .toldTwice) + killRetiring(.toldTwice)
                + advance(now: now)
        case .finished:
            return []
        }
    }

    mutating func enforceDeadlines(now: MonotonicTime) -> [SupervisionAction] {
        let late = killRetiring(.drainTimeout) { $0.until <= now }
        switch phase {
        case .drainingWorkers(let until) where until <= now:
            phase = .drainingWorkers(until: .distantFuture)
            return late
                + kill(
                    children.indices.filter { children[$0].identity.role == .worker },
                    .drainTimeout
                ) + killRetiring(.drainTimeout)
        case .stoppingHub(let until) where until <= now:
            phase = .stoppingHub(until: .distantFuture)
            return late + kill(Array(children.indices), .drainTimeout)
        default:
            return late
        }
    }

    /// Goes on to the next step of stopping when this one is done.
    mutating func advance(now: MonotonicTime) -> [SupervisionAction] {
        var actions: [SupervisionAction] = []
        if case .drainingWorkers = phase, retiring.isEmpty,
            workers.allSatisfy({ $0.condition == .ended })
        {
            phase = .stoppingHub(until: now + timing.hubStopTimeout)
            for index in children.indices {
                forgetRestart(index)
                guard let process = children[index].process else { continue }
                actions.append(.terminate(children[index].identity, pid: process.pid))
            }
        }
        if case .stoppingHub = phase, retiring.isEmpty,
            children.allSatisfy({ $0.condition == .ended })
        {
            phase = .finished
            actions.append(.finish(status: exitStatus))
        }
        return actions
    }

    /// A successor that did not take over ends like those that were replaced.
    mutating func dismissSuccessor(_ index: Int, until end: MonotonicTime) {
        guard let successor = children[index].successor else { return }
        children[index].successor = nil
        retiring.append(
            RetiringProcess(identity: children[index].identity, pid: successor.pid, until: end)
        )
    }

    private mutating func forgetRestart(_ index: Int) {
        if case .waiting = children[index].condition { children[index].ended(waitingUntil: nil) }
    }

    private var workers: [ChildState] {
        children.filter { $0.identity.role == .worker }
    }
}
