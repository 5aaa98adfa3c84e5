// SPDX-License-Identifier: Apache-2.0

/// A JSON value.
///
/// Literals make one: `["name": "ana", "tags": ["a", 1, true, nil]]`.
public enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number without a fraction that fits into 64 bits.
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// A member of an object; nil when there is none, or this is no object.
    public subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// Of a string.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// Of true or false.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// Of a number without a fraction.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// Of a number of either kind.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// Of an array.
    public var array: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// Of an object.
    public var object: [String: JSON]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// Whether it is `null`.
    public var isNull: Bool { self == .null }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// True or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A number without a fraction.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }

    /// Of two members with one key the later counts.
    public init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(Dictionary(members) { _, later in later })
    }
}
