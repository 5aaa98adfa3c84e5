// SPDX-License-Identifier: Apache-2.0

import ClientProtocol

/// What a plugin asks of its own key-value store, which outlives every process.
package enum StoreCommand: Hashable, Sendable {
    case get(key: String)
    case set(Set)
    case delete(key: String, version: UInt64?)
    case list(List)

    package struct Set: Hashable, Sendable {
        package let key: String
        /// A JSON value.
        package let value: [UInt8]
        /// The version that must be stored, 0 for none; nil: any.
        package let version: UInt64?

        package init(key: String, value: [UInt8], version: UInt64? = nil) {
            self.key = key
            self.value = value
            self.version = version
        }
    }

    package struct List: Hashable, Sendable {
        package let prefix: String
        /// Only keys that sort behind it.
        package let after: String
        package let limit: Int

        package init(prefix: String = "", after: String = "", limit: Int) {
            self.prefix = prefix
            self.after = after
            self.limit = limit
        }
    }

    /// Bytes of a key.
    package static let maximumKeyByteCount = 255
    /// Bytes of a value as compact JSON.
    package static let maximumValueByteCount = 64 * 1024
    /// Keys of one plugin.
    package static let maximumKeyCount = 10_000
    /// Bytes of one plugin's keys and values.
    package static let maximumByteCount = 4 << 20
    /// Keys on one page of `store.list`: 255 KiB at most.
    package static let maximumListLimit = 1_000
    package static let defaultListLimit = 100

    /// Error 1001: another version is stored than the one that was named.
    package static let versionConflictCode: UInt32 = 1001

    /// nil for a method that is none of the store's.
    init?(method: String, _ data: CommandData) throws(ErrorReply) {
        switch method {
        case "store.get":
            self = .get(key: try Self.key(data))
        case "store.set":
            let value = try data.value("value", maximumByteCount: Self.maximumValueByteCount)
            guard let value else { throw ErrorReply(.badRequest, "value is missing") }
            self = .set(
                Set(key: try Self.key(data), value: value, version: try Self.version(data))
            )
        case "store.delete":
            self = .delete(key: try Self.key(data), version: try Self.version(data))
        case "store.list":
            let limit = try data.integer("limit", in: 1...Int64(Self.maximumListLimit))
            self = .list(
                List(
                    prefix: try Self.optionalKey("prefix", data),
                    after: try Self.optionalKey("after", data),
                    limit: limit.map { Int($0) } ?? Self.defaultListLimit
                )
            )
        default:
            return nil
        }
    }

    private static func key(_ data: CommandData) throws(ErrorReply) -> String {
        let key = try optionalKey("key", data)
        guard !key.isEmpty else { throw ErrorReply(.badRequest, "key is missing") }
        return key
    }

    /// Printable ASCII without blanks, so that keys sort alike everywhere.
    private static func optionalKey(
        _ name: String,
        _ data: CommandData
    ) throws(ErrorReply) -> String {
        let key = try data.optionalString(name) ?? ""
        guard key.utf8.count <= maximumKeyByteCount,
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw ErrorReply(
                .badRequest,
                "\(name) has at most \(maximumKeyByteCount) bytes of printable ASCII"
            )
        }
        return key
    }

    private static func version(_ data: CommandData) throws(ErrorReply) -> UInt64? {
        try data.integer("version", in: 0...Int64.max).map(UInt64.init)
    }
}
