// SPDX-License-Identifier: Apache-2.0

/// What a plugin can be asked or told, as `tally_plugin.h` defines it.
///
/// The raw values index the status page's places and never change their meaning.
package enum Hook: UInt8, CaseIterable, Hashable, Sendable {
    case connect
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

    /// As in the header and in manifests.
    package var name: String {
        switch self {
        case .liveStart: "live_start"
        case .liveStop: "live_stop"
        case .liveUpdate: "live_update"
        default: "\(self)"
        }
    }

    package init?(name: String) {
        guard let hook = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = hook
    }

    /// Whether its answer decides; else it is a notification.
    package var decides: Bool { rawValue <= Self.http.rawValue }

    /// How long a pending call may wait unless the plugin's manifest says otherwise.
    ///
    /// A client waits for a decision; a notification that is forgotten only leaves a note behind.
    package var defaultDeadline: Duration { decides ? .seconds(1) : .seconds(60) }
}
