// SPDX-License-Identifier: Apache-2.0

package import Channels

/// A bounded dictionary that forgets what was set longest ago.
///
/// Setting moves an entry to the newest end; when the table is full the oldest gives way. Every
/// operation takes constant time. The times given must not go backwards.
package struct RecencyTable<Key: Hashable, Value> {
    fileprivate struct Node {
        var key: Key
        var value: Value
        var setAt: Timestamp
        /// Indices of the neighbours; -1 at the ends.
        var older: Int
        var newer: Int
    }

    private let maximumCount: Int
    private var nodes: [Node?] = []
    private var freeIndices: [Int] = []
    private var indices: [Key: Int] = [:]
    private var oldest = -1
    private var newest = -1

    package init(maximumCount: Int) {
        self.maximumCount = max(1, maximumCount)
    }

    package var count: Int { indices.count }
    package var oldestSetAt: Timestamp? { oldest < 0 ? nil : nodes[oldest]?.setAt }

    package subscript(key: Key) -> Value? {
        indices[key].flatMap { nodes[$0]?.value }
    }

    /// Sets a value, and answers the oldest if that had to give way.
    @discardableResult
    package mutating func set(_ value: Value, for key: Key, at now: Timestamp) -> Value? {
        if let index = indices[key] {
            unlink(index)
            nodes[index]?.value = value
            nodes[index]?.setAt = now
            linkNewest(index)
            return nil
        }
        let evicted = count >= maximumCount ? removeOldest() : nil
        let node = Node(key: key, value: value, setAt: now, older: -1, newer: -1)
        let index: Int
        if let free = freeIndices.popLast() {
            index = free
            nodes[index] = node
        } else {
            index = nodes.count
            nodes.append(node)
        }
        indices[key] = index
        linkNewest(index)
        return evicted
    }

    @discardableResult
    package mutating func removeOldest() -> Value? {
        guard oldest >= 0, let node = nodes[oldest] else { return nil }
        let index = oldest
        unlink(index)
        indices[node.key] = nil
        nodes[index] = nil
        freeIndices.append(index)
        if indices.isEmpty { self = RecencyTable(maximumCount: maximumCount) }
        return node.value
    }

    /// The entries from the oldest to the newest.
    package var entries: [(key: Key, value: Value, setAt: Timestamp)] {
        var list: [(key: Key, value: Value, setAt: Timestamp)] = []
        var index = oldest
        while index >= 0, let node = nodes[index] {
            list.append((node.key, node.value, node.setAt))
            index = node.newer
        }
        return list
    }

    private mutating func linkNewest(_ index: Int) {
        nodes[index]?.older = newest
        nodes[index]?.newer = -1
        if newest >= 0 { nodes[newest]?.newer = index } else { oldest = index }
        newest = index
    }

    private mutating func unlink(_ index: Int) {
        guard let node = nodes[index] else { return }
        if node.older >= 0 { nodes[node.older]?.newer = node.newer } else { oldest = node.newer }
        if node.newer >= 0 { nodes[node.newer]?.older = node.older } else { newest = node.older }
    }
}

extension RecencyTable.Node: Sendable where Key: Sendable, Value: Sendable {}

extension RecencyTable: Sendable where Key: Sendable, Value: Sendable {}
