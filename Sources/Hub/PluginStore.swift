// SPDX-License-Identifier: Apache-2.0

package import Journal

/// What one plugin keeps on a node: values by key, in the order of the keys' bytes.
package struct PluginStore: Equatable, Sendable {
    private var values: [String: StoredValue] = [:]
    private var keys: [String] = []
    /// Bytes of all keys and values.
    package private(set) var byteCount = 0
    /// The highest version that was ever given, as far as this process knows.
    package private(set) var lastVersion: UInt64 = 0

    package var count: Int { keys.count }

    package subscript(key: String) -> StoredValue? { values[key] }

    package static func == (left: PluginStore, right: PluginStore) -> Bool {
        left.keys == right.keys && left.values == right.values
            && left.byteCount == right.byteCount
    }

    mutating func set(_ value: StoredValue, for key: String) {
        lastVersion = max(lastVersion, value.version)
        if let former = values.updateValue(value, forKey: key) {
            byteCount += value.json.count - former.json.count
        } else {
            byteCount += key.utf8.count + value.json.count
            keys.insert(key, at: keys.firstIndex(after: key))
        }
    }

    mutating func remove(_ key: String) {
        guard let value = values.removeValue(forKey: key) else { return }
        byteCount -= key.utf8.count + value.json.count
        keys.remove(at: keys.firstIndex(after: key) - 1)
    }

    /// A page of the keys that begin with `prefix` and sort behind `after`.
    func keys(
        withPrefix prefix: String,
        after: String,
        limit: Int
    ) -> (keys: ArraySlice<String>, hasMore: Bool) {
        var start = after.isEmpty ? 0 : keys.firstIndex(after: after)
        // Keys with the prefix lie together, the prefix itself first.
        if !prefix.isEmpty { start = max(start, keys.firstIndex(from: prefix)) }
        var end = start
        while end < keys.count, end - start < limit, keys[end].hasPrefix(prefix) { end += 1 }
        let hasMore = end < keys.count && keys[end].hasPrefix(prefix)
        return (keys[start..<end], hasMore)
    }
}
