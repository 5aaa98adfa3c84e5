// SPDX-License-Identifier: Apache-2.0

/// A queue in one array: constant-time append, removal of the first, and access by position.
///
/// Bounded by its owner; it grows by doubling and never shrinks below what it once held, until it
/// is emptied.
package struct Ring<Element> {
    private var storage: [Element?] = []
    private var head = 0
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }
    package var first: Element? { isEmpty ? nil : storage[head] }
    package var last: Element? { isEmpty ? nil : storage[slot(count - 1)] }

    /// The element at `position`, counted from the first.
    package subscript(position: Int) -> Element {
        get {
            guard let element = storage[slot(position)] else {
                preconditionFailure("a ring's position is below its count")
            }
            return element
        }
        set {
            precondition(position < count, "a ring's position is below its count")
            storage[slot(position)] = newValue
        }
    }

    package mutating func append(_ element: Element) {
        if count == storage.count { grow() }
        storage[slot(count)] = element
        count += 1
    }

    @discardableResult
    package mutating func removeFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = storage[head]
        storage[head] = nil
        head = slot(1)
        count -= 1
        if count == 0 { self = Ring() }
        return element
    }

    /// The storage's size is a power of two, so that a mask wraps a position round.
    private func slot(_ position: Int) -> Int {
        (head &+ position) & (storage.count &- 1)
    }

    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(max(4, storage.count * 2))
        for position in 0..<count { larger.append(storage[slot(position)]) }
        while larger.count < max(4, storage.count * 2) { larger.append(nil) }
        storage = larger
        head = 0
    }
}

extension Ring: Sendable where Element: Sendable {}
