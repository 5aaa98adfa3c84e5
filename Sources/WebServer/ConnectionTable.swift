// SPDX-License-Identifier: Apache-2.0

/// All connections of a server, in slots that are used again.
struct ConnectionTable {
    private struct Slot {
        var connection: Connection?
        var generation: UInt32
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    var count: Int { slots.count - free.count }

    mutating func insert(_ make: (ConnectionID) -> Connection) -> Connection {
        if let index = free.popLast() {
            let generation = slots[Int(index)].generation
            let connection = make(ConnectionID(slot: index, generation: generation))
            slots[Int(index)].connection = connection
            return connection
        }
        let connection = make(ConnectionID(slot: UInt32(slots.count), generation: 0))
        slots.append(Slot(connection: connection, generation: 0))
        return connection
    }

    subscript(id: ConnectionID) -> Connection? {
        guard id.slot < slots.count, slots[Int(id.slot)].generation == id.generation else {
            return nil
        }
        return slots[Int(id.slot)].connection
    }

    mutating func remove(_ id: ConnectionID) {
        guard self[id] != nil else { return }
        slots[Int(id.slot)].connection = nil
        // Wrapping after four thousand million connections in one slot is as good as never.
        slots[Int(id.slot)].generation &+= 1
        free.append(id.slot)
    }

    /// Calls for every connection that was there at the start; the body may add and remove any.
    func visitAll(_ body: (Connection) -> Void) {
        for slot in slots {
            if let connection = slot.connection { body(connection) }
        }
    }
}
