// SPDX-License-Identifier: Apache-2.0

/// Where a frame can be sent with nothing else to look at: a descriptor for each connection that
/// has nothing waiting.
///
/// Eight bytes a connection, side by side, so that a frame for thousands of viewers is sent without
/// touching their objects, which the cache has long forgotten.
struct SendLanes {
    private struct Lane {
        var generation: UInt32
        /// -1: not now; the connection knows why.
        var raw: Int32
    }

    private var lanes: [Lane] = []

    /// The descriptor of a connection that takes a frame as it is; nil: ask the connection.
    func descriptor(of id: ConnectionID) -> Int32? {
        let slot = Int(id.slot)
        guard slot < lanes.count, lanes[slot].generation == id.generation,
            lanes[slot].raw >= 0
        else { return nil }
        return lanes[slot].raw
    }

    mutating func open(_ id: ConnectionID, _ raw: Int32) {
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
