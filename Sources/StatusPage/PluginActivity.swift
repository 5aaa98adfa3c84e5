// SPDX-License-Identifier: Apache-2.0

/// What a plugin is doing when it is on the loop: a hook, or something else that Tally called.
///
/// The raw value is its place in a status page: those of hooks are `Hook`'s own, and never change
/// their meaning.
package enum PluginActivity: UInt8, CaseIterable, Hashable, Sendable {
    case connect = 0
    case subscribe
    case liveStart
    case liveStop
    case liveUpdate
    case comment
    case publish
    case rpc
    case http
    case subscribed
    case unsubscribed
    case disconnected
    case commented
    case started
    case stopped
    case viewers
    case tick
    /// The making of the instance.
    case create = 24
    /// The end of the instance.
    case destroy
    /// A timer's function.
    case timer
    /// What it asked of the node was answered.
    case done
    /// What it sent from a thread to be run on the loop, or the rest of what it ran off it.
    case job

    /// As in the plugin header, in logs and in `tally plugin list`.
    package var name: String {
        switch self {
        case .liveStart: "live_start"
        case .liveStop: "live_stop"
        case .liveUpdate: "live_update"
        default: "\(self)"
        }
    }
}
