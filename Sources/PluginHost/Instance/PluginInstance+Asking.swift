// SPDX-License-Identifier: Apache-2.0

import Hooks
import Manifest
import Reactor
import StatusPage

/// A call that the plugin answers later.
struct PendingCall {
    let hook: Hook
    let timer: TimerID
    /// Takes the verdict; nil: none came in time.
    let resolve: (PluginVerdict?) -> Void
}

/// Asking, and being answered.
extension PluginInstance {
    /// Asks or tells the plugin.
    ///
    /// `later` takes the verdict, nil for none in time, when this returns `.pending`.
    /// - Returns: its verdict.
    func ask(
        _ hook: Hook,
        _ texts: CallTexts,
        _ data: HeldJSON,
        later: @escaping (PluginVerdict?) -> Void
    ) -> PluginVerdict {
        let ticket = host.nextTicket()
        let patience = settings.deadline(of: hook)
        currentTicket = ticket
        earlyVerdict = nil
        let verdict = unsafe texts.withCall(ticket: ticket, patience: patience, data: data) {
            unsafe callHook(hook, $0)
        }
        currentTicket = 0
        defer { earlyVerdict = nil }
        switch verdict {
        case .pending:
            if let earlyVerdict { return earlyVerdict }
            guard pending.count < PluginLimits.maximumPendingCalls, !desk.inbox.isClosed else {
                return .unusable("\(PluginLimits.maximumPendingCalls) calls wait for it already")
            }
            wait(ticket, hook, patience, later)
        case .unusable, .allow, .replace, .reject: break
        }
        return verdict
    }

    private func wait(
        _ ticket: UInt64,
        _ hook: Hook,
        _ patience: Duration,
        _ later: @escaping (PluginVerdict?) -> Void
    ) {
        figures?.add(.deferrals, .hook(hook))
        let timer = loop.schedule(after: patience) { [weak self] in
            guard let call = self?.pending.removeValue(forKey: ticket) else { return }
            self?.showPending()
            call.resolve(nil)
            self?.host.runPostponed()
        }
        pending[ticket] = PendingCall(hook: hook, timer: timer, resolve: later)
        showPending()
    }

    /// `answer` of the host, on the loop.
    ///
    /// - Returns: false for a ticket that is not waited for: made up, another plugin's, used, or
    ///   too late.
    func answer(_ ticket: UInt64, _ verdict: PluginVerdict) -> Bool {
        if ticket == currentTicket, ticket != 0, earlyVerdict == nil {
            earlyVerdict = verdict
            return true
        }
        guard let call = pending.removeValue(forKey: ticket) else {
            figures?.add(.strayAnswers, .job)
            return false
        }
        loop.cancel(call.timer)
        showPending()
        // It may be in a call of its own now, which what follows must not enter again.
        host.outsidePlugins { call.resolve(verdict) }
        return true
    }

    private func showPending() {
        figures?.setPending(pending.count)
    }

    /// Answers what waits as if its deadline had passed, before the instance ends.
    func giveUpPending() {
        let calls = pending.sorted { $0.key < $1.key }
        pending = [:]
        showPending()
        for call in calls {
            loop.cancel(call.value.timer)
            call.value.resolve(nil)
        }
    }
}

extension PluginSettings {
    func deadline(of hook: Hook) -> Duration { deadlines[hook] ?? hook.defaultDeadline }
    func onTimeout(of hook: Hook) -> Fallback { hookOnTimeout[hook] ?? onTimeout }
}
