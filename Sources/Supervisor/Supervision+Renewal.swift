// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// How reload and upgrade replace the children while the service goes on.
///
/// A worker and its successor run side by side and hand over between themselves; the supervisor sees
/// the successor serve. Until then, the old one is the worker, whatever becomes of the new one.
extension Supervision {
    /// Begins to replace children; nothing may be renewing, retiring or stopping.
    mutating func renew(
        _ plan: RenewalPlan,
        _ timing: SupervisionTiming,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        precondition(renewal == nil && phase == .serving)
        self.timing = timing
        mayGiveUp = false
        renewal = Renewal(plan: plan)
        return advanceRenewal(now: now)
    }

    /// Looks whether what is waited for has come, and goes on to the next child.
    mutating func advanceRenewal(now: MonotonicTime) -> [SupervisionAction] {
        guard phase == .serving, let renewal else { return [] }
        switch renewal.step {
        case .succession(let identity, let until):
            guard let index = index(of: identity), let successor = children[index].successor else {
                return []
            }
            if successor.isServing { return promote(index, successor, now: now) }
            return until <= now ? abandonSuccessor(index, now: now) : []
        case .service(let identity, let until):
            guard let index = index(of: identity) else { return [] }
            if children[index].isServing {
                self.renewal?.replaced.append(identity)
                return nextStep(now: now)
            }
            guard until <= now else { return [] }
            return kill([index], .notServing(after: timing.successorTimeout))
                + failRenewal(identity, .notServing(after: timing.successorTimeout))
        case .hubEnd(let until):
            guard until <= now, let index = index(of: ProcessIdentity(.hub)) else { return [] }
            self.renewal?.step = .hubEnd(until: .distantFuture)
            return kill([index], .drainTimeout)
        case nil:
            return nextStep(now: now)
        }
    }

    mutating func successorFailed(
        _ identity: ProcessIdentity,
        _ reason: RenewalFailure.Reason,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        let failure = noteFailedAttempt(of: identity, reason)
        guard failure.isEmpty, case .succession = renewal?.step else { return failure }
        return begin(identity, now: now)
    }

    /// The old worker died before its successor served: that one goes on without its state.
    mutating func goOnWithout(
        _ process: WatchedProcess,
        _ index: Int,
        successor: WatchedProcess,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        let identity = children[index].identity
        children[index].successor = nil
        children[index].began(successor)
        children[index].hasServed = children[index].hasServed || successor.isServing
        if case .succession(identity, let until) = renewal?.step {
            renewal?.step = .service(identity, until: until)
        }
        return [.promote(identity, pid: successor.pid, retiring: nil)] + advanceRenewal(now: now)
    }

    func isEndingHub(pid: Int32) -> Bool {
        guard case .hubEnd = renewal?.step else { return false }
        return self.pid(of: ProcessIdentity(.hub)) == pid
    }

    mutating func startNewHub(_ index: Int, now: MonotonicTime) -> [SupervisionAction] {
        renewal?.step = nil
        children[index].ended(waitingUntil: now)
        return begin(children[index].identity, now: now)
    }

    /// Whether the renewal waits for this child to serve.
    func isAwaited(_ identity: ProcessIdentity) -> Bool {
        switch renewal?.step {
        case .succession(identity, _), .service(identity, _): true
        default: false
        }
    }

    /// Counts a death of the child that the renewal waits for.
    ///
    /// - Returns: the renewal's end when it was one too many, or says that it would not get better.
    mutating func noteFailedAttempt(
        of identity: ProcessIdentity,
        _ reason: RenewalFailure.Reason
    ) -> [SupervisionAction] {
        guard isAwaited(identity) else { return [] }
        renewal?.failedAttemptCount += 1
        var isHopeless = renewal?.failedAttemptCount ?? 0 >= Renewal.maximumAttemptCount
        if case .ended(.exited(let status)) = reason {
            isHopeless = isHopeless || Self.permanentFailures.contains(status)
        }
        return isHopeless ? failRenewal(identity, reason) : []
    }

    // MARK: Steps

    private mutating func nextStep(now: MonotonicTime) -> [SupervisionAction] {
        guard let plan = renewal?.plan else { return [] }
        renewal?.step = nil
        renewal?.failedAttemptCount = 0
        if let identity = plan.workers.first {
            renewal?.plan.workers.removeFirst()
            return begin(identity, now: now)
        }
        if !plan.surplus.isEmpty {
            renewal?.plan.surplus = []
            return plan.surplus.flatMap { retire($0, now: now) } + nextStep(now: now)
        }
        if plan.includesHub {
            renewal?.plan.includesHub = false
            return renewHub(now: now)
        }
        renewal = nil
        return [.renewed]
    }

    private mutating func begin(
        _ identity: ProcessIdentity,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        let end = now + timing.successorTimeout
        if let index = index(of: identity), children[index].process != nil {
            renewal?.step = .succession(identity, until: end)
            return [.startSuccessor(identity)]
        }
        renewal?.step = .service(identity, until: end)
        if let index = index(of: identity) {
            children[index].willStart()
        } else {
            children.append(ChildState(identity, timing))
        }
        return [.start(identity)]
    }

    private mutating func renewHub(now: MonotonicTime) -> [SupervisionAction] {
        let identity = ProcessIdentity(.hub)
        guard let pid = pid(of: identity) else { return begin(identity, now: now) }
        renewal?.step = .hubEnd(until: now + timing.hubStopTimeout)
        return [.terminate(identity, pid: pid)]
    }

    private mutating func promote(
        _ index: Int,
        _ successor: WatchedProcess,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        let identity = children[index].identity
        let old = children[index].process?.pid
        if let old { retiring.append(retirement(of: identity, pid: old, now: now)) }
        children[index].successor = nil
        children[index].began(successor)
        children[index].hasServed = true
        renewal?.replaced.append(identity)
        return [.promote(identity, pid: successor.pid, retiring: old)] + nextStep(now: now)
    }

    private mutating func abandonSuccessor(
        _ index: Int,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        let identity = children[index].identity
        let reason = KillReason.notServing(after: timing.successorTimeout)
        dismissSuccessor(index, until: now)
        return killRetiring(reason) { $0.identity == identity }
            + failRenewal(identity, .notServing(after: timing.successorTimeout))
    }

    private mutating func retire(
        _ identity: ProcessIdentity,
        now: MonotonicTime
    ) -> [SupervisionAction] {
        guard let index = index(of: identity) else { return [] }
        let child = children.remove(at: index)
        guard let pid = child.process?.pid else { return [.forget(identity)] }
        retiring.append(retirement(of: identity, pid: pid, now: now))
        return [.retire(identity, pid: pid), .forget(identity)]
    }

    private func retirement(
        of identity: ProcessIdentity,
        pid: Int32,
        now: MonotonicTime
    ) -> RetiringProcess {
        RetiringProcess(
            identity: identity,
            pid: pid,
            until: now + timing.drainTimeout + Self.drainMargin
        )
    }

    private mutating func failRenewal(
        _ identity: ProcessIdentity,
        _ reason: RenewalFailure.Reason
    ) -> [SupervisionAction] {
        let replaced = renewal?.replaced ?? []
        renewal = nil
        return [
            .renewalFailed(
                RenewalFailure(identity: identity, reason: reason, replaced: replaced)
            )
        ]
    }
}
