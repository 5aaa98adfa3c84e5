// SPDX-License-Identifier: Apache-2.0

/// Names one scheduled action; useless once it ran or was cancelled.
package struct TimerID: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32
}

/// Actions by their deadline: a binary heap whose entries can be cancelled.
///
/// Scheduling and cancelling cost O(log n), the next deadline nothing. A cancelled timer leaves
/// no trace, so a timer that is restarted with every message does not pile up.
struct TimerHeap {
    private struct Entry {
        var deadline: MonotonicTime
        /// Breaks ties: what was scheduled first runs first.
        var order: UInt64
        var slot: UInt32
    }

    private struct Slot {
        var generation: UInt32 = 0
        var position = -1
        var action: (() -> Void)?
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    private var scheduledCount: UInt64 = 0

    var count: Int { heap.count }
    var nextDeadline: MonotonicTime? { heap.first?.deadline }

    mutating func schedule(at deadline: MonotonicTime, _ action: @escaping () -> Void) -> TimerID {
        let slot: UInt32
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot())
        }
        slots[Int(slot)].action = action
        slots[Int(slot)].generation &+= 1
        slots[Int(slot)].position = heap.count
        scheduledCount += 1
        heap.append(Entry(deadline: deadline, order: scheduledCount, slot: slot))
        siftUp(heap.count - 1)
        return TimerID(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// Forgets the action; nothing happens when it ran already.
    mutating func cancel(_ timer: TimerID) {
        let slot = Int(timer.slot)
        guard slot < slots.count, slots[slot].generation == timer.generation,
            slots[slot].position >= 0
        else { return }
        remove(at: slots[slot].position)
    }

    /// Takes the first action whose deadline is not after `now`.
    mutating func popDue(_ now: MonotonicTime) -> (() -> Void)? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        let action = slots[Int(first.slot)].action
        remove(at: 0)
        return action
    }

    private mutating func remove(at position: Int) {
        let last = heap.count - 1
        if position != last { swap(position, last) }
        // Only now: the swap wrote the slot's new position.
        let slot = heap.removeLast().slot
        slots[Int(slot)].action = nil
        slots[Int(slot)].position = -1
        free.append(slot)
        if position < heap.count {
            siftDown(position)
            siftUp(position)
        }
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].deadline, heap[left].order) < (heap[right].deadline, heap[right].order)
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        slots[Int(heap[left].slot)].position = left
        slots[Int(heap[right].slot)].position = right
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(child, parent) else { return }
            swap(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var first = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && precedes(child, first) {
                first = child
            }
            guard first != parent else { return }
            swap(first, parent)
            parent = first
        }
    }
}
