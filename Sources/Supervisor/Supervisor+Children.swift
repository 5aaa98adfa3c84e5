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
                start(identity)
            case .restartLater(let identity, let delay):
                logger.notice(
                    "restarting child",
                    metadata: metadata(identity, ["after": "\(delay)"])
                )
            case .terminate(let identity, let pid):
                logger.debug("ending child", metadata: metadata(identity, pid: pid))
                ChildProcess.signal(pid, SIGTERM)
            case .kill(let identity, let pid, let reason):
                logger.error(
                    "killing child",
                    metadata: metadata(identity, pid: pid, ["reason": "\(reason)"])
                )
                ChildProcess.signal(pid, SIGKILL)
            case .announceServing:
                logger.notice("serving", metadata: ["workers": "\(options.workerCount)"])
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
        for (identity, pid) in supervision.running {
            guard let status = ChildProcess.reap(pid) else { continue }
            page.slot(identity)?.ended()
            // A child that is told to stop before it listens to signals dies of it: no failure.
            let isExpected =
                supervision.isStopping && [.exited(0), .killed(signal: SIGTERM)].contains(status)
            let level: Logger.Level = isExpected ? .info : .error
            logger.log(
                level: level,
                "child ended",
                metadata: metadata(identity, pid: pid, ["by": "\(status)"])
            )
            perform(supervision.ended(identity, status, now: loop.now))
        }
    }

    func signsOfLife() -> [ProcessIdentity: SignOfLife] {
        var signs: [ProcessIdentity: SignOfLife] = [:]
        for (identity, _) in supervision.running {
            guard let slot = page.slot(identity) else { continue }
            let phase = slot.phase
            signs[identity] = SignOfLife(
                beatCount: slot.beatCount,
                isServing: phase == .serving || phase == .draining
            )
        }
        return signs
    }

    private func start(_ identity: ProcessIdentity) {
        guard identity.role == .worker else { return start(identity, control: nil) }
        do throws(SystemError) {
            let pair = try Socket.pair().relinquish()
            controls[identity] = Control(Descriptor(owning: pair.first))
            start(identity, control: Descriptor(owning: pair.second))
        } catch {
            reportNotStarted(identity, error)
            perform(supervision.failedToStart(identity, now: loop.now))
        }
    }

    private func start(_ identity: ProcessIdentity, control: consuming Descriptor?) {
        let launch = ChildLaunch(
            identity: identity,
            parent: OwnProcess.identifier,
            statusPage: page.descriptor,
            configuration: identity.role == .hub ? hubConfiguration.raw : workerConfiguration.raw,
            listeners: identity.role == .hub
                ? [hubListener.raw] : listeners.descriptors(ofWorker: identity.index),
            hubSocketPath: DataFolder.hubSocketPath(claim.path),
            dataFolder: claim.path,
            control: control?.raw
        )
        // Before the child exists, so that what it writes is never overwritten.
        page.slot(identity)?.ended()
        let restarts = restartCounts[identity] ?? 0
        restartCounts[identity] = restarts + 1
        do throws(SystemError) {
            let pid = try ChildProcess.spawn(
                options.executable,
                arguments: ["tally"] + launch.arguments,
                inheriting: launch.descriptors
            )
            page.slot(identity)?.began(pid: pid, restarts: restarts, at: WallClock.now())
            supervision.started(identity, pid: pid, now: loop.now)
            logger.info(
                "child started",
                metadata: metadata(identity, pid: pid, ["restarts": "\(restarts)"])
            )
        } catch {
            reportNotStarted(identity, error)
            perform(supervision.failedToStart(identity, now: loop.now))
        }
    }

    private func reportNotStarted(_ identity: ProcessIdentity, _ error: SystemError) {
        logger.error(
            "child could not be started",
            metadata: metadata(identity, ["error": "\(error)"])
        )
    }

    private func metadata(
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
