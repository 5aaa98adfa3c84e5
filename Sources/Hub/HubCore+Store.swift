// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import JSON
import Journal
import Live

/// What plugins keep on the node.
extension HubCore {
    /// - Throws: error 1001 where another version is stored than was named, 106 where the store is
    ///   full.
    mutating func run(
        _ command: StoreCommand,
        of plugin: String
    ) throws(ErrorReply) -> [UInt8] {
        switch command {
        case .get(let key):
            return read(key, of: plugin)
        case .set(let set):
            return try store(set, of: plugin)
        case .delete(let key, let version):
            try check(version, of: key, of: plugin)
            if state.stores[plugin]?[key] != nil { record(.unstored(plugin: plugin, key: key)) }
            return Array("{}".utf8)
        case .list(let list):
            return self.list(list, of: plugin)
        }
    }

    private func read(_ key: String, of plugin: String) -> [UInt8] {
        let value = state.stores[plugin]?[key]
        var writer = JSONWriter(capacity: 64 + (value?.json.count ?? 0))
        writer.beginObject()
        writer.key("value")
        if let value { writer.raw(value.json) } else { writer.null() }
        writer.key("version")
        writer.integer(value?.version ?? 0)
        writer.endObject()
        return writer.bytes
    }

    private mutating func store(
        _ set: StoreCommand.Set,
        of plugin: String
    ) throws(ErrorReply) -> [UInt8] {
        try check(set.version, of: set.key, of: plugin)
        try requireRoom(for: set, of: plugin)
        // Above every version that this store ever gave, also to keys that it has no more: time has
        // passed since any that this process does not know of.
        let last = state.stores[plugin]?.lastVersion ?? 0
        let version = max(last + 1, UInt64(clamping: now.milliseconds))
        record(
            .stored(
                plugin: plugin,
                key: set.key,
                StoredValue(version: version, at: now, json: set.value)
            )
        )
        var writer = JSONWriter(capacity: 32)
        writer.beginObject()
        writer.key("version")
        writer.integer(version)
        writer.endObject()
        return writer.bytes
    }

    private func check(
        _ wanted: UInt64?,
        of key: String,
        of plugin: String
    ) throws(ErrorReply) {
        let stored = state.stores[plugin]?[key]?.version ?? 0
        guard let wanted, wanted != stored else { return }
        throw ErrorReply(
            code: StoreCommand.versionConflictCode,
            message: "version \(stored) is stored",
            isTemporary: false,
            retryAfterMilliseconds: nil
        )
    }

    private func requireRoom(
        for set: StoreCommand.Set,
        of plugin: String
    ) throws(ErrorReply) {
        guard let store = state.stores[plugin] else {
            guard state.stores.count < HubOptions.maximumStores else {
                throw ErrorReply(.limitExceeded, "too many stores")
            }
            return
        }
        let former = store[set.key]
        guard former != nil || store.count < StoreCommand.maximumKeyCount else {
            throw ErrorReply(.limitExceeded, "too many keys")
        }
        let freed = former.map { $0.json.count } ?? -set.key.utf8.count
        guard store.byteCount - freed + set.value.count <= StoreCommand.maximumByteCount else {
            throw ErrorReply(.limitExceeded, "the store is full")
        }
    }

    private func list(_ list: StoreCommand.List, of plugin: String) -> [UInt8] {
        let page = state.stores[plugin]?.keys(
            withPrefix: list.prefix,
            after: list.after,
            limit: list.limit
        )
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.key("keys")
        writer.beginArray()
        for key in page?.keys ?? [] { writer.string(key) }
        writer.endArray()
        writer.key("more")
        writer.bool(page?.hasMore ?? false)
        writer.endObject()
        return writer.bytes
    }
}
