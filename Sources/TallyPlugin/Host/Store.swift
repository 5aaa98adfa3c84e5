// SPDX-License-Identifier: Apache-2.0

extension Host {
    /// The plugin's own storage, one for all workers of the node, which survives a restart.
    public var store: Store { Store(host: self) }
}

/// Values by key, in the node's journal.
///
/// Keys are 1 to 255 bytes of printable ASCII without blanks, values at most 64 KiB; 10,000 keys and
/// 4 MiB a plugin.
public struct Store: Sendable {
    /// A value, and the version that a change may name to be sure that nobody came between.
    public struct Entry: Sendable {
        /// What is stored.
        public let value: JSON
        /// Grows with each change of the key.
        public let version: Int64
    }

    /// The error code when a change names a version that is not the stored one.
    public static let conflict: Int32 = 1001

    let host: Host

    /// What is stored; nil when nothing is.
    @Loop
    public func get(_ key: String) async throws(HostError) -> Entry? {
        let result = try await host.call("store.get", ["key": .string(key)])
        guard let version = result["version"]?.integer, version != 0 else { return nil }
        return Entry(value: result["value"] ?? .null, version: version)
    }

    /// Stores a value and returns its version.
    ///
    /// With `version`, only if that is what is stored now (0: nothing); else it is refused with
    /// ``conflict``.
    @Loop
    @discardableResult
    public func set(
        _ key: String,
        to value: JSON,
        ifVersion version: Int64? = nil
    ) async throws(HostError) -> Int64 {
        var parameters: [String: JSON] = ["key": .string(key), "value": value]
        parameters["version"] = version.map { .integer($0) }
        return try await host.call("store.set", .object(parameters))["version"]?.integer ?? 0
    }

    /// Stores nothing under the key any more; `version` as in ``set(_:to:ifVersion:)``.
    @Loop
    public func delete(
        _ key: String,
        ifVersion version: Int64? = nil
    ) async throws(HostError) {
        var parameters: [String: JSON] = ["key": .string(key)]
        parameters["version"] = version.map { .integer($0) }
        try await host.call("store.delete", .object(parameters))
    }

    /// Keys in order, behind `after`, at most 1,000, and whether there are more.
    @Loop
    public func list(
        prefix: String = "",
        after: String = "",
        limit: Int64 = 100
    ) async throws(HostError) -> (keys: [String], hasMore: Bool) {
        var parameters: [String: JSON] = ["limit": .integer(limit)]
        if !prefix.isEmpty { parameters["prefix"] = .string(prefix) }
        if !after.isEmpty { parameters["after"] = .string(after) }
        let result = try await host.call("store.list", .object(parameters))
        return (
            keys: result["keys"]?.array?.compactMap(\.string) ?? [],
            hasMore: result["more"]?.bool ?? false
        )
    }
}
