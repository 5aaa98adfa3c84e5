// SPDX-License-Identifier: Apache-2.0

/// A value to bind to a statement's parameter.
package enum SQLiteValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    package static func optional(_ value: Int64?) -> SQLiteValue {
        value.map(integer) ?? .null
    }

    package static func optional(_ value: String?) -> SQLiteValue {
        value.map(text) ?? .null
    }
}
