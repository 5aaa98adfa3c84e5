// SPDX-License-Identifier: Apache-2.0

import CTallyPlugin
import Manifest
import Reactor
import StatusPage

/// What a plugin asks for on the loop.
extension PluginInstance {
    // MARK: Other threads

    /// Something waits in the inbox.
    func handle(_ readiness: Readiness) {
        takeFromInbox()
    }

    func takeFromInbox() {
        for entry in desk.inbox.takeAll() {
            switch entry {
            case .run(let function): perform(.job) { function.call() }
            case .answer(let ticket, let verdict): _ = answer(ticket, verdict)
            case .jobEnded(let done):
                jobCount -= 1
                if let done { perform(.job) { done.call() } }
            }
            host.runPostponed()
        }
    }

    func run(_ job: PluginPool.Job) -> Int {
        guard !desk.inbox.isClosed else { return TALLY_CLOSED }
        guard jobCount < PluginLimits.maximumJobs, pool.add(job) else { return TALLY_LIMIT }
        jobCount += 1
        return TALLY_OK
    }

    // MARK: Timers

    /// nil: there are too many.
    func startTimer(after: UInt64, every: UInt64, _ function: PluginFunction) -> UInt64? {
        guard timers.count < PluginLimits.maximumTimers else { return nil }
        lastTimer += 1
        schedule(lastTimer, in: after, every: every, function)
        return lastTimer
    }

    private func schedule(
        _ number: UInt64,
        in milliseconds: UInt64,
        every: UInt64,
        _ function: PluginFunction
    ) {
        timers[number] = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in
            guard let self else { return }
            timers[number] = nil
            // Before the call, which may cancel it.
            if every > 0 { schedule(number, in: every, every: every, function) }
            perform(.timer) { function.call() }
            host.runPostponed()
        }
    }

    func cancelTimer(_ number: UInt64) -> Bool {
        guard let timer = timers.removeValue(forKey: number) else { return false }
        loop.cancel(timer)
        return true
    }

    // MARK: The node

    func call(_ method: String, _ parameters: [UInt8], _ answer: NodeAnswer) -> Int {
        guard !desk.inbox.isClosed, let services = host.services else { return TALLY_CLOSED }
        guard nodeCalls.count < PluginLimits.maximumNodeCalls else { return TALLY_LIMIT }
        lastNodeCall += 1
        let number = lastNodeCall
        nodeCalls[number] = answer
        var isReturning = true
        services.call(
            plugin: settings.name,
            method: method,
            parameters: parameters
        ) { [weak self] result in
            guard let self else { return }
            // The plugin may not be answered before its call has returned.
            if isReturning {
                loop.deferToEndOfTurn { [weak self] in self?.finish(number, result) }
            } else {
                finish(number, result)
            }
        }
        isReturning = false
        return TALLY_OK
    }

    private func finish(_ number: UInt64, _ result: Result<[UInt8], PluginServiceError>) {
        guard let answer = nodeCalls.removeValue(forKey: number), answer.isWanted else { return }
        switch result {
        case .success(let text):
            let value = HeldJSON(parsing: text) ?? .emptyObject()
            perform(.done) { answer.call(value) }
        case .failure(let error):
            perform(.done) { answer.call(error) }
        }
        host.runPostponed()
    }

    /// Answers what the node has not answered yet, before the instance ends.
    func failNodeCalls() {
        for number in nodeCalls.keys.sorted() {
            finish(number, .failure(PluginServiceError(code: 410, message: "worker is ending")))
        }
    }

    func send(_ data: [UInt8], to session: UInt64) -> Int {
        guard let services = host.services else { return TALLY_CLOSED }
        return services.send(session: session, data: data) ? TALLY_OK : TALLY_NOT_FOUND
    }

    func disconnect(_ session: UInt64, _ code: UInt16, _ reason: String) -> Int {
        guard let services = host.services else { return TALLY_CLOSED }
        return services.disconnect(session: session, code: code, reason: reason)
            ? TALLY_OK : TALLY_NOT_FOUND
    }

    func unsubscribe(_ session: UInt64, _ channel: String) -> Int {
        guard let services = host.services else { return TALLY_CLOSED }
        return services.unsubscribe(session: session, channel: channel)
            ? TALLY_OK : TALLY_NOT_FOUND
    }
}
