// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

/// A hook, by its name in tally_plugin.h.
public enum TestHook: String, CaseIterable, Sendable {
    case connect, subscribe, liveStart, liveStop, liveUpdate, comment, publish, rpc, http
    case subscribed, unsubscribed, disconnected, commented, started, stopped, viewers, tick

    func function(of descriptor: tally_plugin_descriptor) -> tally_hook? {
        switch self {
        case .connect: unsafe descriptor.connect
        case .subscribe: unsafe descriptor.subscribe
        case .liveStart: unsafe descriptor.live_start
        case .liveStop: unsafe descriptor.live_stop
        case .liveUpdate: unsafe descriptor.live_update
        case .comment: unsafe descriptor.comment
        case .publish: unsafe descriptor.publish
        case .rpc: unsafe descriptor.rpc
        case .http: unsafe descriptor.http
        case .subscribed: unsafe descriptor.subscribed
        case .unsubscribed: unsafe descriptor.unsubscribed
        case .disconnected: unsafe descriptor.disconnected
        case .commented: unsafe descriptor.commented
        case .started: unsafe descriptor.started
        case .stopped: unsafe descriptor.stopped
        case .viewers: unsafe descriptor.viewers
        case .tick: unsafe descriptor.tick
        }
    }
}
