// SPDX-License-Identifier: Apache-2.0

package import Channels

/// When to look at what again: a binary heap with at most one live deadline per item.
package struct DeadlineQueue<Item: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        let at: Timestamp
        let item: Item
    }

    private var heap: [Entry] = []
    /// The live deadline of each item; an entry of the heap with another time is dead.
    private var live: [Item: Timestamp] = [:]

    package init() {}

    package var count: Int { live.count }

    /// No later than the first live deadline; early where that was brought forward.
    package var next: Timestamp? { heap.first?.at }

    /// Sets a deadline; one that the item already has, and that is no later, stays.
    package mutating func schedule(_ item: Item, at moment: Timestamp) {
        if let current = live[item], current <= moment { return }
        live[item] = moment
        heap.append(Entry(at: moment, item: item))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].at < heap[parent].at else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes one item whose deadline is reached.
    package mutating func takeDue(now: Timestamp) -> Item? {
        while let first = heap.first, first.at <= now {
            removeFirst()
            guard live[first.item] == first.at else { continue }
            live[first.item] = nil
            return first.item
        }
        return nil
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < heap.count, heap[left].at < heap[least].at { least = left }
            let right = left + 1
            if right < heap.count, heap[right].at < heap[least].at { least = right }
            guard least != parent else { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
