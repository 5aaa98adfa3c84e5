// SPDX-License-Identifier: Apache-2.0

import Logging
import Reactor
import StatusPage

/// Reload and upgrade, one after another: what is asked for during one is done after it, once.
extension Supervisor {
    /// Somebody asked, by a signal or through the operators' socket.
    func request(_ request: OperatorRequest, from asker: Asker?) {
        let askers = [asker].compactMap(\.self)
        guard !supervision.isStopping else {
            return Errand(.reload, askers: askers).answer(Self.stopping)
        }
        logger.notice("\(request.text) requested")
        let known = nextErrands.first { errand in
            switch errand.task {
            case .reload: request == .reload
            case .upgrade: request == .upgrade
            case .release(let plugin): request == .release(plugin: plugin)
            case .finishUpgrade, .undo, .goBack, .settlePlugins: false
            }
        }
        if let known {
            known.askers += askers
        } else {
            nextErrands.append(Errand(Self.task(request), askers: askers))
        }
        runNextErrand()
    }

    private static func task(_ request: OperatorRequest) -> Errand.Task {
        switch request {
        case .reload: .reload
        case .upgrade: .upgrade
        case .release(let plugin): .release(plugin: plugin)
        }
    }

    /// Begins with what waits, when nothing is going on any more.
    ///
    /// Processes that retire are waited for: a worker and its predecessor are all that there is room
    /// for.
    func runNextErrand() {
        guard errand == nil, !nextErrands.isEmpty, !supervision.isStopping,
            !supervision.isRenewing, supervision.retiring.isEmpty
        else { return }
        let next = nextErrands.removeFirst()
        errand = next
        switch next.task {
        case .reload: reload(includingHub: false)
        case .finishUpgrade: reload(includingHub: true)
        case .upgrade: probeNewProgram()
        case .undo(let undo): self.undo(undo)
        case .goBack(let undo): probeOldProgram(undo)
        case .settlePlugins: settlePlugins()
        case .release(let plugin): release(plugin)
        }
    }

    /// The service ends instead.
    func cancelErrands() {
        for errand in [errand].compactMap(\.self) + nextErrands { errand.answer(Self.stopping) }
        errand = nil
        nextErrands = []
    }

    // MARK: Steps

    private static let stopping = OperatorAnswer(status: 69, lines: ["the service is stopping"])

    private func reload(includingHub: Bool) {
        guard let load = renewalOptions.load else {
            return refuse(LoadingFailure(exitStatus: 69, problems: ["there is nothing to load"]))
        }
        do {
            let options = try load().get()
            guard options.dataFolder == setup.options.dataFolder else {
                throw LoadingFailure(
                    exitStatus: 78,
                    problems: ["data: the data folder cannot change while Tally runs; restart it"]
                )
            }
            if let account = options.account, !account.isCurrent {
                throw LoadingFailure(
                    exitStatus: 78,
                    problems: ["user: cannot change while Tally runs; restart it"]
                )
            }
            replace(with: try Setup(options, replacing: setup), includingHub: includingHub)
        } catch let failure as LoadingFailure {
            refuse(failure)
        } catch let error as SupervisorError {
            refuse(LoadingFailure(exitStatus: error.exitStatus, problems: [error.description]))
        } catch {
            refuse(LoadingFailure(exitStatus: 71, problems: ["\(error)"]))
        }
    }

    private func replace(with new: Setup, includingHub: Bool) {
        let old = setup
        previousPlugins = supervision.plugins
        guard adopt(new.options.plugins) else {
            return refuse(
                LoadingFailure(
                    exitStatus: 75,
                    problems: [
                        "plugins: old workers still have others, and together they are too many; "
                            + "try again when they are gone"
                    ]
                )
            )
        }
        let workers = (0..<new.options.workerCount).map { ProcessIdentity(.worker, $0) }
        let plan = RenewalPlan(
            workers: workers,
            surplus: currentWorkers.filter { $0.index >= new.options.workerCount },
            // Its clients wait while it restarts, so not without need.
            includesHub: includingHub
                || new.options.hubConfiguration != old.options.hubConfiguration
        )
        logger.notice("replacing children", metadata: ["workers": "\(workers.count)"])
        previousSetup = old
        setup = new
        perform(supervision.renew(plan, new.options.timing, now: loop.now))
    }

    /// What is to be loaded is wrong: nothing has changed.
    private func refuse(_ failure: LoadingFailure) {
        for problem in failure.problems {
            logger.error("cannot reload", metadata: ["problem": "\(problem)"])
        }
        if case .finishUpgrade = errand?.task {
            // The probe found it right, so it has changed since. Its children are the old
            // program's, and so has the supervisor to be.
            return startUndo(
                RenewalUndo(
                    replaced: [],
                    reason: failure.problems.joined(separator: "; ")
                )
            )
        }
        errand?.answer(
            OperatorAnswer(status: failure.exitStatus, lines: failure.problems + [Self.undone])
        )
        errand = nil
    }

    /// Puts back what was replaced; there may be none.
    private func undo(_ undo: RenewalUndo) {
        let count = setup.options.workerCount
        let plan = RenewalPlan(
            workers: (0..<count).map { ProcessIdentity(.worker, $0) }
                .filter { undo.replaced.contains($0) || !currentWorkers.contains($0) },
            surplus: currentWorkers.filter { $0.index >= count },
            includesHub: undo.replaced.contains(ProcessIdentity(.hub))
        )
        perform(supervision.renew(plan, setup.options.timing, now: loop.now))
    }

    private var currentWorkers: [ProcessIdentity] {
        supervision.children.map(\.identity).filter { $0.role == .worker }
    }

    // MARK: Outcomes

    /// Every child of the plan was replaced.
    func finishErrand() {
        previousSetup?.listeners.removeFiles(except: setup.listeners)
        previousSetup = nil
        previousPlugins = nil
        previousProgram = nil
        page.setAddresses(setup.listeners.addresses, labels: setup.options.addressLabels)
        if let level = setup.options.logLevel { logger.logLevel = level }
        guard let errand else { return }
        self.errand = nil
        switch errand.task {
        case .undo(let undo), .goBack(let undo):
            logger.error("abandoned, as it was before", metadata: ["reason": "\(undo.reason)"])
            errand.answer(OperatorAnswer(status: 70, lines: [undo.reason, Self.undone]))
        case .reload, .upgrade, .finishUpgrade:
            for address in setup.listeners.addresses {
                logger.info("listening", metadata: ["address": "\(address)"])
            }
            logger.notice("\(errand.task.name) done")
            errand.answer(OperatorAnswer(status: 0, lines: ["\(errand.task.name) done"]))
        case .settlePlugins:
            logger.notice("workers replaced, without the plugins in quarantine")
        case .release(let plugin):
            logger.notice("quarantine ended", metadata: ["plugin": "\(plugin)"])
            errand.answer(OperatorAnswer(status: 0, lines: ["\(plugin) is active again"]))
        }
    }

    /// A child that is new does not come up.
    func failErrand(_ failure: RenewalFailure) {
        logger.error("\(errand?.task.name ?? "renewal") failed", metadata: ["reason": "\(failure)"])
        if let previousSetup { setup = previousSetup }
        if let previousPlugins { supervision.plugins.goBack(to: previousPlugins) }
        previousSetup = nil
        previousPlugins = nil
        switch errand?.task {
        case .reload, .finishUpgrade, .upgrade:
            startUndo(RenewalUndo(replaced: failure.replaced, reason: "\(failure)"))
        case .undo(let undo), .goBack(let undo):
            logger.critical("\(Self.notUndone)")
            errand?.answer(
                OperatorAnswer(
                    status: 70,
                    lines: [undo.reason, "and undoing it: \(failure)", Self.notUndone]
                )
            )
            errand = nil
        case .settlePlugins:
            logger.critical("workers keep a plugin in quarantine until they end or die of it")
            errand = nil
        case .release(let plugin): goBackOnRelease(plugin, failure)
        case nil: break
        }
    }

    private func startUndo(_ undo: RenewalUndo) {
        guard let failed = errand else { return }
        let task: Errand.Task
        if case .finishUpgrade = failed.task { task = .goBack(undo) } else { task = .undo(undo) }
        nextErrands.insert(Errand(task, askers: failed.askers), at: 0)
        errand = nil
    }

    // MARK: Last words to an operator

    /// What was asked for was not begun, or is undone.
    static let undone = "everything runs as before"
    /// Undoing failed, too: some children may be new ones.
    static let notUndone = "children are left as they are; restart the service when possible"
}
