// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import Reactor
import StatusPage

/// Carries out what `Supervision` decides, and tells it what became of it.
extension Supervisor {
    func perform(_ actions: [SupervisionAction]) {
        for action in actions {
            switch action {
            case .start(let identity):
                start(identity, as: .current)
            case .startSuccessor(let identity):
                start(identity, as: .successor)
            case .restartLater(let identity, let delay):
                logger.notice(
                    "restarting child",
                    metadata: metadata(identity, ["after": "\(delay)"])
                )
            case .terminate(let identity, let pid):
                logger.debug("ending child", metadata: metadata(identity, pid: pid))
                ChildProcess.signal(pid, SIGTERM)
            case .retire(let identity, let pid):
                logger.info("retiring child", metadata: metadata(identity, pid: pid))
                slot(ofProcess: pid)?.setStanding(.retiring)
                ChildProcess.signal(pid, SIGUSR1)
            case .kill(let identity, let pid, let reason):
                logger.error(
                    "killing child",
                    metadata: metadata(identity, pid: pid, ["reason": "\(reason)"])
                )
                kill(pid, reason)
            case .promote(let identity, let pid, let old):
                promote(identity, pid, retiring: old)
            case .quarantine(let plugin):
                quarantine(plugin)
            case .forget(let identity):
                forget(identity)
            case .announceServing:
                logger.notice("serving", metadata: ["workers": "\(setup.options.workerCount)"])
                serviceManager.tell(.ready)
            case .renewed:
                finishErrand()
            case .renewalFailed(let failure):
                failErrand(failure)
            case .renewalCancelled:
                cancelErrands()
            case .giveUp(let identity, let status):
                logger.critical(
                    "child cannot start, giving up; its own message says why",
                    metadata: metadata(identity, ["status": "\(status)"])
                )
            case .finish(let status):
                finish(status: status)
            }
        }
    }

    /// Takes note of every child that ended; signals of several may have been merged into one.
    func reapChildren() {
        for (pid, record) in processes.sorted(by: { $0.key < $1.key }) {
            guard let status = ChildProcess.reap(pid) else { continue }
            processes[pid] = nil
            let slot = page.slot(record.slot)
            slot?.ended()
            if supervision.pid(of: record.identity) != pid { slot?.setStanding(.vacant) }
            // A child that is told to stop before it listens to signals dies of it: no failure.
            let isExpected =
                (supervision.isStopping || supervision.isAboutToEnd(pid: pid))
                && [.exited(0), .killed(signal: SIGTERM)].contains(status)
            // The hub ends as planned: starting it again is no sign of trouble.
            if supervision.isEndingHub(pid: pid) { startCounts[record.identity]? -= 1 }
            let level: Logger.Level = isExpected ? .info : .error
            logger.log(
                level: level,
                "child ended",
                metadata: metadata(record.identity, pid: pid, ["by": "\(status)"])
            )
            let loss = noteLoss(of: record, status)
            perform(supervision.ended(pid: pid, status, loss: loss, now: loop.now))
        }
        reapProbe()
    }

    func signsOfLife() -> [Int32: SignOfLife] {
        processes.compactMapValues { record in
            guard let slot = page.slot(record.slot) else { return nil }
            let phase = slot.phase
            return SignOfLife(
                beatCount: slot.beatCount,
                isServing: phase == .serving || phase == .draining
            )
        }
    }

    /// As `current`, or as `successor` of the one that runs.
    private func start(_ identity: ProcessIdentity, as standing: ProcessStanding) {
        do throws(SystemError) {
            let pid = try spawn(identity, as: standing)
            if standing == .successor {
                supervision.successorStarted(identity, pid: pid, now: loop.now)
            } else {
                supervision.started(identity, pid: pid, now: loop.now)
            }
        } catch {
            logger.error(
                "child could not be started",
                metadata: metadata(identity, ["error": "\(error)"])
            )
            perform(
                standing == .successor
                    ? supervision.successorFailed(identity, .cannotStart, now: loop.now)
                    : supervision.failedToStart(identity, now: loop.now)
            )
        }
    }

    private func spawn(
        _ identity: ProcessIdentity,
        as standing: ProcessStanding
    ) throws(SystemError) -> Int32 {
        // A worker that is about to be dropped, with a reload that has fewer, has no sockets.
        guard identity.role == .hub || identity.index < setup.options.workerCount,
            let number = freeSlot(for: identity), let slot = page.slot(number)
        else { throw SystemError(operation: "place \(identity)", code: EAGAIN) }
        let pair = identity.role == .worker ? try Socket.pair().relinquish() : nil
        let ours: Descriptor? = pair.map { Descriptor(owning: $0.first) }
        // The child has a copy of its end then, and must be the only one who has it.
        defer { if let theirs = pair?.second { Descriptor(owning: theirs).close() } }
        let predecessor =
            standing == .successor
            ? supervision.pid(of: identity).flatMap { processes[$0]?.controlNumber } : nil
        let isHub = identity.role == .hub
        let places = isHub ? [] : supervision.plugins.places
        let launch = ChildLaunch(
            identity: identity,
            parent: OwnProcess.identifier,
            statusPage: page.descriptor,
            slot: number,
            configuration: isHub ? setup.hubConfiguration.raw : setup.workerConfiguration.raw,
            listeners: isHub
                ? [hubListener.raw] : setup.listeners.descriptors(ofWorker: identity.index),
            hubSocketPath: DataFolder.hubSocketPath(claim.path),
            dataFolder: claim.path,
            control: pair?.second,
            predecessor: predecessor,
            ticketSecret: isHub ? nil : ticketSecret.raw,
            pluginPage: makeRoom(for: places, identity, slot: number),
            plugins: places
        )
        // Before the child exists, so that what it writes is never overwritten.
        slot.assign(identity, standing)
        if standing == .current { vacateOthers(identity, than: number) }
        let restarts = standing == .successor ? restarts(of: identity) : startCounts[identity] ?? 0
        let pid: Int32
        do throws(SystemError) {
            pid = try ChildProcess.spawn(
                setup.options.executable,
                arguments: ["tally"] + launch.arguments,
                inheriting: launch.descriptors
            )
        } catch {
            if standing == .successor { slot.setStanding(.vacant) }
            throw error
        }
        startCounts[identity] = restarts + 1
        slot.began(pid: pid, restarts: restarts, at: WallClock.now())
        processes[pid] = ChildRecord(
            identity,
            pid: pid,
            slot: number,
            control: ours,
            plugins: isHub ? [:] : supervision.plugins.loaded,
            pluginNumbers: Set(places.map(\.number))
        )
        var details: Logger.Metadata = ["restarts": "\(restarts)"]
        if standing == .successor { details["replaces"] = "\(supervision.pid(of: identity) ?? 0)" }
        logger.info("child started", metadata: metadata(identity, pid: pid, details))
        return pid
    }

    private func promote(_ identity: ProcessIdentity, _ pid: Int32, retiring old: Int32?) {
        guard let record = processes[pid] else { return }
        // First the new one, then the old one: a reader takes the younger of two.
        page.slot(record.slot)?.setStanding(.current)
        if let old { slot(ofProcess: old)?.setStanding(.retiring) }
        vacateOthers(identity, than: record.slot)
        logger.info(
            "child replaced",
            metadata: metadata(identity, pid: pid, ["old": "\(old.map(String.init) ?? "gone")"])
        )
    }

    private func forget(_ identity: ProcessIdentity) {
        startCounts[identity] = nil
        for number in StatusPage.slots(of: identity)
        where !processes.values.contains(where: { $0.slot == number }) {
            page.slot(number)?.setStanding(.vacant)
        }
    }

    /// Slots that dead processes left.
    private func vacateOthers(_ identity: ProcessIdentity, than current: Int) {
        for number in StatusPage.slots(of: identity) where number != current {
            guard !processes.values.contains(where: { $0.slot == number }),
                let slot = page.slot(number), slot.identity != nil
            else { continue }
            slot.setStanding(.vacant)
        }
    }

    private func restarts(of identity: ProcessIdentity) -> Int {
        max(0, (startCounts[identity] ?? 1) - 1)
    }

    private func freeSlot(for identity: ProcessIdentity) -> Int? {
        StatusPage.slots(of: identity).first { number in
            !processes.values.contains { $0.slot == number }
        }
    }

    func slot(ofProcess pid: Int32) -> StatusSlot? {
        processes[pid].flatMap { page.slot($0.slot) }
    }

    func metadata(
        _ identity: ProcessIdentity,
        pid: Int32? = nil,
        _ more: Logger.Metadata = [:]
    ) -> Logger.Metadata {
        var fields = more
        fields["role"] = "\(identity.role.name)"
        if identity.role == .worker { fields["worker"] = "\(identity.index)" }
        if let pid { fields["pid"] = "\(pid)" }
        return fields
    }
}
