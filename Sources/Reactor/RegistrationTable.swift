// SPDX-License-Identifier: Apache-2.0

/// The handlers of a loop, by slot.
///
/// A slot that is used again has another generation, so a registration or an event of its previous
/// user finds nothing.
struct RegistrationTable {
    /// In 24 bytes, since every connection has one.
    private struct Slot {
        /// Odd while in use.
        var generation: UInt32 = 0
        /// The descriptor, a small number, above the two bits of its interest.
        private var packed: UInt32 = 0
        var handler: (any EventHandler)?

        init(generation: UInt32 = 0) {
            self.generation = generation
        }

        init(
            generation: UInt32,
            raw: Int32,
            interest: Interest,
            handler: any EventHandler
        ) {
            self.generation = generation
            self.handler = handler
            packed = UInt32(raw) << 2
            self.interest = interest
        }

        var raw: Int32 { Int32(packed >> 2) }

        var interest: Interest {
            get { Interest(rawValue: UInt8(packed & 3)) }
            set { packed = packed & ~3 | UInt32(newValue.rawValue & 3) }
        }
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    var count: Int { slots.count - free.count }

    mutating func insert(
        _ raw: Int32,
        _ interest: Interest,
        handler: any EventHandler
    ) -> Registration {
        let index: UInt32
        if let reused = free.popLast() {
            index = reused
        } else {
            index = UInt32(slots.count)
            slots.append(Slot())
        }
        let generation = slots[Int(index)].generation &+ 1
        slots[Int(index)] = Slot(
            generation: generation,
            raw: raw,
            interest: interest,
            handler: handler
        )
        return Registration(slot: index, generation: generation)
    }

    func handler(of registration: Registration) -> (any EventHandler)? {
        contains(registration) ? slots[Int(registration.slot)].handler : nil
    }

    func descriptor(of registration: Registration) -> Int32? {
        contains(registration) ? slots[Int(registration.slot)].raw : nil
    }

    /// The descriptor whose interest has to change; nil when it has it already or is gone.
    mutating func setInterest(_ interest: Interest, of registration: Registration) -> Int32? {
        guard contains(registration) else { return nil }
        let index = Int(registration.slot)
        guard slots[index].interest != interest else { return nil }
        slots[index].interest = interest
        return slots[index].raw
    }

    /// The descriptor that was registered; nil when it is gone already.
    mutating func remove(_ registration: Registration) -> Int32? {
        guard contains(registration) else { return nil }
        let index = Int(registration.slot)
        let raw = slots[index].raw
        slots[index] = Slot(generation: registration.generation &+ 1)
        free.append(registration.slot)
        return raw
    }

    private func contains(_ registration: Registration) -> Bool {
        let index = Int(registration.slot)
        return index < slots.count && slots[index].generation == registration.generation
            && slots[index].handler != nil
    }
}
