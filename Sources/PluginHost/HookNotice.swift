// SPDX-License-Identifier: Apache-2.0

import Hooks
import StatusPage

/// One notification on its way to the plugins that have the hook.
final class HookNotice {
    private let hook: Hook
    private let texts: CallTexts
    private let data: HeldJSON
    private var then: (() -> Void)?
    /// Plugins that have not seen it, and this object itself while it tells.
    private var unseenCount = 1

    init(_ hook: Hook, _ subject: HookSubject, _ then: (() -> Void)?) {
        self.hook = hook
        self.then = then
        texts = CallTexts(subject)
        data =
            subject.data.isEmpty
            ? .emptyObject() : HeldJSON(parsing: subject.data) ?? .emptyObject()
    }

    func tell(_ members: [PluginMember]) {
        for case .instance(let instance) in members {
            let verdict = instance.ask(hook, texts, data) { [self] verdict in
                if verdict == nil { instance.figures?.add(.timeouts, .hook(hook)) }
                seen()
            }
            if case .pending = verdict { unseenCount += 1 }
        }
        seen()
    }

    private func seen() {
        unseenCount -= 1
        guard unseenCount == 0 else { return }
        then?()
        then = nil
    }
}
