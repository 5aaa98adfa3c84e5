// SPDX-License-Identifier: Apache-2.0

package import Hooks

/// What a plugin is doing when it is on the loop: a hook, or something else that Tally called.
package enum PluginActivity: Hashable, Sendable, CaseIterable {
    case hook(Hook)
    /// The making of the instance.
    case create
    /// The end of the instance.
    case destroy
    /// A timer's function.
    case timer
    /// What it asked of the node was answered.
    case done
    /// What it sent from a thread to be run on the loop, or the rest of what it ran off it.
    case job

    package static let allCases: [PluginActivity] =
        Hook.allCases.map { .hook($0) } + [.create, .destroy, .timer, .done, .job]

    /// Its place in the files; never changes its meaning.
    package var rawValue: UInt8 {
        switch self {
        case .hook(let hook): hook.rawValue
        case .create: 24
        case .destroy: 25
        case .timer: 26
        case .done: 27
        case .job: 28
        }
    }

    package init?(rawValue: UInt8) {
        if let hook = Hook(rawValue: rawValue) {
            self = .hook(hook)
            return
        }
        switch rawValue {
        case 24: self = .create
        case 25: self = .destroy
        case 26: self = .timer
        case 27: self = .done
        case 28: self = .job
        default: return nil
        }
    }

    /// As in the plugin header, in logs and in `tally plugin list`.
    package var name: String {
        if case .hook(let hook) = self { return hook.name }
        return "\(self)"
    }
}
