// SPDX-License-Identifier: Apache-2.0

import HubLink
import Live
import PluginHost

/// What this worker's plugins ask of the hub.
///
/// Each plugin has a session with the hub, from its first call on.
struct PluginCalls {
    typealias Completion = (Result<[UInt8], PluginServiceError>) -> Void

    struct Call {
        let plugin: String
        let request: HubRequest
        /// Worker milliseconds after which the plugin gets error 410.
        let deadline: UInt64
        /// nil for a predecessor's call: its plugin is not here, but it is not to be lost.
        let then: Completion?
    }

    /// A call that was made before this worker has its identity.
    struct EarlyCall {
        let plugin: String
        let command: HostCommand
        let then: Completion
    }

    var sessions: [String: SessionID] = [:]
    private(set) var calls: [UInt64: Call] = [:]
    var phase = Phase.early([])

    enum Phase {
        /// Plugins are being made; calls wait.
        case early([EarlyCall])
        case open
        /// A successor has taken over: nothing goes to the hub from here.
        case retired
    }

    mutating func add(_ call: Call, _ id: RequestID) {
        calls[id.rawValue] = call
    }

    mutating func remove(_ id: RequestID) -> Call? { calls.removeValue(forKey: id.rawValue) }

    /// In the order in which they were made.
    var ordered: [(RequestID, Call)] {
        calls.sorted { $0.key < $1.key }.map { (RequestID(rawValue: $0.key), $0.value) }
    }

    mutating func takeExpired(now: UInt64) -> [Call] {
        guard !calls.isEmpty else { return [] }
        let expired = calls.filter { $0.value.deadline <= now }
        for id in expired.keys { calls[id] = nil }
        return expired.sorted { $0.key < $1.key }.map(\.value)
    }

    mutating func takeAll() -> [Call] {
        defer { calls = [:] }
        return ordered.map(\.1)
    }
}
