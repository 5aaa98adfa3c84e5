// SPDX-License-Identifier: Apache-2.0

import TallyPlugin

/// The store of a test host: as the hub's, without its limits.
struct TestStore {
    private var entries: [String: (value: JSON, version: Int64)] = [:]
    private var lastVersion: Int64 = 0

    /// nil: no method of the store.
    mutating func call(_ method: String, _ parameters: JSON) -> Result<JSON, HostError>? {
        let key = parameters["key"]?.string ?? ""
        switch method {
        case "store.get":
            let entry = entries[key]
            return .success([
                "value": entry?.value ?? .null, "version": .integer(entry?.version ?? 0),
            ])
        case "store.set":
            guard isCurrent(key, parameters) else { return .failure(Self.conflict) }
            lastVersion += 1
            entries[key] = (parameters["value"] ?? .null, lastVersion)
            return .success(["version": .integer(lastVersion)])
        case "store.delete":
            guard isCurrent(key, parameters) else { return .failure(Self.conflict) }
            entries[key] = nil
            return .success([:])
        case "store.list":
            let prefix = parameters["prefix"]?.string ?? ""
            let after = parameters["after"]?.string ?? ""
            let limit = Int(parameters["limit"]?.integer ?? 100)
            let keys = entries.keys.filter { $0.hasPrefix(prefix) && $0 > after }.sorted()
            return .success([
                "keys": .array(keys.prefix(limit).map { .string($0) }),
                "more": .bool(keys.count > limit),
            ])
        default:
            return nil
        }
    }

    private static let conflict = HostError.refused(
        code: Store.conflict,
        message: "another version is stored"
    )

    private func isCurrent(_ key: String, _ parameters: JSON) -> Bool {
        guard let version = parameters["version"]?.integer else { return true }
        return version == entries[key]?.version ?? 0
    }
}
