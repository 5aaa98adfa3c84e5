// SPDX-License-Identifier: Apache-2.0

import Hooks
import JSON
import Logging
import Manifest
import StatusPage

/// Who answers a hook.
enum PluginMember {
    case instance(PluginInstance)
    /// Not loaded, or ended: the manifest's word stands for it.
    case absent(PluginSettings, PluginSettings.Fallback, reason: String)

    var settings: PluginSettings {
        switch self {
        case .instance(let instance): instance.settings
        case .absent(let settings, _, _): settings
        }
    }
}

/// One decision on its way through the plugins that have the hook.
final class HookCall {
    private let hook: Hook
    private let members: [PluginMember]
    private let texts: CallTexts
    private let then: (HookOutcome) -> Void
    private var next = 0
    private var data: HeldJSON
    private var isReplaced = false
    private var response: HookHTTPResponse?

    init(
        _ hook: Hook,
        _ subject: HookSubject,
        _ members: [PluginMember],
        then: @escaping (HookOutcome) -> Void
    ) {
        self.hook = hook
        self.members = members
        self.then = then
        texts = CallTexts(subject)
        data =
            subject.data.isEmpty
            ? .emptyObject() : HeldJSON(parsing: subject.data) ?? .emptyObject()
    }

    /// Asks one after another until one rejects, or is pending, or all have been asked.
    func proceed() {
        while next < members.count {
            let member = members[next]
            next += 1
            switch member {
            case .absent(_, let fallback, let reason):
                if fallback == .reject { return refuse(reason) }
            case .instance(let instance):
                let verdict = instance.ask(hook, texts, data) { [self] verdict in
                    // Later: go on from here.
                    if take(verdict, from: instance) { proceed() }
                }
                if case .pending = verdict { return }
                guard take(verdict, from: instance) else { return }
            }
        }
        finish()
    }

    /// - Returns: whether to go on with the next plugin.
    private func take(_ verdict: PluginVerdict?, from instance: PluginInstance) -> Bool {
        let activity = PluginActivity.hook(hook)
        switch verdict {
        case .allow:
            return true
        case .replace(let replacement):
            guard replacement.data.isObject || hook == .rpc || replacement.response != nil else {
                return take(.unusable("data is no object"), from: instance)
            }
            instance.figures?.add(.replacements, activity)
            data = replacement.data
            response = replacement.response
            isReplaced = true
            return true
        case .reject(let code, let message):
            instance.figures?.add(.rejections, activity)
            reject(code, message)
            return false
        case .pending:
            return take(.unusable("pending is no answer"), from: instance)
        case .unusable(let reason):
            return fallBack(instance, reason: reason, shown: "a plugin failed")
        case nil:
            return fallBack(
                instance,
                reason: "the deadline passed",
                shown: "a plugin did not answer in time"
            )
        }
    }

    private func fallBack(_ instance: PluginInstance, reason: String, shown: String) -> Bool {
        let fallback = instance.settings.onTimeout(of: hook)
        instance.figures?.add(.timeouts, .hook(hook))
        instance.lostAnswers.count(
            instance.logger,
            ["hook": "\(hook.name)", "reason": "\(reason)", "answered": "\(fallback.rawValue)"]
        )
        guard fallback == .reject else { return true }
        refuse(shown)
        return false
    }

    private func reject(_ code: UInt32, _ message: String) {
        guard hook == .http else { return then(.rejected(code: code, message: message)) }
        then(.answered(.refusal(status: 403, code: code, message: message)))
    }

    /// The manifest says no, in the place of a plugin that says nothing.
    private func refuse(_ message: String) {
        let code = HookOutcome.rejectedByPlugin
        guard hook == .http else { return then(.rejected(code: code, message: message)) }
        then(.answered(.refusal(status: 503, code: code, message: message)))
    }

    private func finish() {
        guard isReplaced else {
            return then(hook == .http ? .answered(.noContent) : .allowed(replacement: nil))
        }
        guard let text = data.text(maximumByteCount: PluginLimits.maximumAnswerByteCount) else {
            return refuse("a plugin's answer is too large")
        }
        guard hook == .http else { return then(.allowed(replacement: text)) }
        let plain = HookHTTPResponse(
            status: 200,
            contentType: "application/json",
            headers: [],
            body: text
        )
        then(.answered(response ?? plain))
    }
}
