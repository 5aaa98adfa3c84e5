// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage

/// Something that replaces children, and who waits to hear how it went.
final class Errand {
    enum Task {
        /// Load the manifest again, and replace what runs.
        case reload
        /// Probe the program that lies where this one was started from, and become it.
        case upgrade
        /// The rest of an upgrade, done by the new program.
        case finishUpgrade
        /// What failed is undone: those that were replaced are replaced again.
        case undo(RenewalUndo)
        /// The same after an upgrade: become the old program first.
        case goBack(RenewalUndo)
        /// Replace the workers whose plugins are not those that a worker would get now.
        case settlePlugins
        /// The same after the end of a plugin's quarantine.
        case release(plugin: String)

        /// For the log.
        var name: String {
            switch self {
            case .reload: "reload"
            case .upgrade, .finishUpgrade: "upgrade"
            case .undo, .goBack: "undo"
            case .settlePlugins: "quarantine"
            case .release: "release"
            }
        }
    }

    let task: Task
    var askers: [Asker]

    init(_ task: Task, askers: [Asker] = []) {
        self.task = task
        self.askers = askers
    }

    func answer(_ answer: OperatorAnswer) {
        for asker in askers { asker.answer(answer) }
        askers = []
    }
}

/// What to undo, and why.
struct RenewalUndo: Hashable {
    let replaced: [ProcessIdentity]
    let reason: String
}
