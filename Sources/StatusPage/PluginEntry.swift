// SPDX-License-Identifier: Apache-2.0

/// What the supervisor says of a plugin.
package struct PluginEntry: Hashable, Sendable {
    /// Most bytes of a function's name that are kept.
    package static let maximumFunctionByteCount = 256

    package enum State: UInt64, Sendable {
        /// Workers are started with it.
        case active = 1
        /// Workers are started without it, since it killed too many.
        case quarantined = 2
        /// No manifest names it any more.
        case absent = 3

        package var name: String { "\(self)" }
    }

    /// A worker that died of it.
    package struct Death: Hashable, Sendable {
        /// Unix milliseconds.
        package var time: Int64
        /// 0: it hung, or ended the process.
        package var signal: Int32
        /// nil: on a thread of its own.
        package var activity: PluginActivity?
        /// As a linker knows it; empty when unknown.
        package var function: String

        package init(time: Int64, signal: Int32, activity: PluginActivity?, function: String) {
            self.time = time
            self.signal = signal
            self.activity = activity
            self.function = function
        }
    }

    package var name: String
    package var state: State
    package var deaths = 0
    /// Within the time that the quarantine looks at.
    package var recentDeaths = 0
    /// How many of those are one too many.
    package var deathLimit = 0
    /// Unix milliseconds; nil: is not.
    package var quarantinedAt: Int64?
    package var lastDeath: Death?

    package init(name: String, state: State) {
        self.name = name
        self.state = state
    }
}
