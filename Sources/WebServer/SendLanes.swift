// SPDX-License-Identifier: Apache-2.0

import WebSocket

/// Where a frame can be sent with nothing else to look at: a descriptor for each connection that
/// has nothing waiting.
///
/// Eight bytes a connection, side by side, so that a frame for thousands of viewers is sent without
/// touching their objects, which the cache has long forgotten.
struct SendLanes {
    private struct Lane {
        var generation: UInt32
        /// The descriptor.
        ///
        /// -1: not now; the connection knows why. Where messages are compressed: -2 - descriptor.
        var raw: Int32
    }

    private var lanes: [Lane] = []

    /// Where a connection takes a frame; nil: ask the connection.
    func lane(of id: ConnectionID) -> (raw: Int32, compression: MessageCompression)? {
        let slot = Int(id.slot)
        guard slot < lanes.count, lanes[slot].generation == id.generation else { return nil }
        let raw = lanes[slot].raw
        guard raw != -1 else { return nil }
        return raw >= 0 ? (raw, .none) : (-2 - raw, .deflate)
    }

    mutating func open(_ id: ConnectionID, _ descriptor: Int32, _ compression: MessageCompression) {
        let raw = compression == .deflate ? -2 - descriptor : descriptor
        let slot = Int(id.slot)
        while lanes.count <= slot { lanes.append(Lane(generation: 0, raw: -1)) }
        lanes[slot] = Lane(generation: id.generation, raw: raw)
    }

    mutating func close(_ id: ConnectionID) {
        let slot = Int(id.slot)
        guard slot < lanes.count, lanes[slot].generation == id.generation else { return }
        lanes[slot].raw = -1
    }
}
