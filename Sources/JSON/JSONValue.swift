// SPDX-License-Identifier: Apache-2.0

import CJansson

/// One value of a parsed JSON text: a read-only view that keeps its document alive.
///
/// Accessors of another kind than the value's answer nil (or nothing), they never convert.
@safe
package struct JSONValue {
    package enum Kind: Hashable, Sendable {
        case object
        case array
        case string
        case integer
        case real
        case bool
        case null
    }

    private let document: JSONDocument
    private let node: UnsafeMutablePointer<json_t>

    private init(_ document: JSONDocument, _ node: UnsafeMutablePointer<json_t>) {
        self.document = document
        unsafe self.node = unsafe node
    }

    /// Parses one JSON value (RFC 8259) with nothing but white space around it.
    ///
    /// Duplicate keys, U+0000, lone surrogates and invalid UTF-8 are refused.
    package static func parse(
        _ bytes: Span<UInt8>,
        limits: JSONLimits
    ) throws(JSONError) -> JSONValue {
        let document = try JSONDocument.parse(bytes, limits: limits)
        return unsafe JSONValue(document, document.root)
    }

    package static func parse(
        _ bytes: [UInt8],
        limits: JSONLimits
    ) throws(JSONError) -> JSONValue {
        try parse(bytes.span, limits: limits)
    }

    package var kind: Kind {
        switch type {
        case JSON_OBJECT: .object
        case JSON_ARRAY: .array
        case JSON_STRING: .string
        case JSON_INTEGER: .integer
        case JSON_REAL: .real
        case JSON_TRUE, JSON_FALSE: .bool
        default: .null
        }
    }

    package var isObject: Bool { type == JSON_OBJECT }
    package var isArray: Bool { type == JSON_ARRAY }
    package var isNull: Bool { type == JSON_NULL }

    package var bool: Bool? {
        switch type {
        case JSON_TRUE: true
        case JSON_FALSE: false
        default: nil
        }
    }

    /// A number written without fraction and exponent, within 64 bits.
    ///
    /// In a text that also has a longer integer, those beyond ±2^53 answer nil.
    package var integer: Int64? {
        switch type {
        case JSON_INTEGER:
            return unsafe Int64(json_integer_value(node))
        case JSON_REAL where document.readsIntegersAsReals:
            let value = unsafe json_real_value(node)
            guard value.magnitude <= 9_007_199_254_740_992 else { return nil }
            return Int64(exactly: value)
        default:
            return nil
        }
    }

    /// Any number; integers beyond ±2^53 are rounded.
    package var number: Double? {
        guard type == JSON_INTEGER || type == JSON_REAL else { return nil }
        return unsafe json_number_value(node)
    }

    package var string: String? {
        guard type == JSON_STRING, let text = unsafe json_string_value(node) else { return nil }
        // Jansson's copy, of that length, lives as long as the document.
        return unsafe Self.decode(text, count: json_string_length(node))
    }

    /// The UTF-8 length of a string, without making one.
    package var stringByteCount: Int? {
        guard type == JSON_STRING else { return nil }
        return unsafe Int(json_string_length(node))
    }

    /// How many elements or members a container has; 0 for any other kind.
    package var count: Int {
        switch type {
        case JSON_OBJECT: unsafe Int(json_object_size(node))
        case JSON_ARRAY: unsafe Int(json_array_size(node))
        default: 0
        }
    }

    /// An object's member, nil where there is none or this is no object.
    package subscript(key: String) -> JSONValue? {
        guard type == JSON_OBJECT else { return nil }
        var key = key
        let member = key.withUTF8 { name in
            unsafe name.withMemoryRebound(to: CChar.self) { name in
                unsafe name.baseAddress.flatMap { unsafe json_object_getn(node, $0, name.count) }
            }
        }
        // Borrowed from the tree that the document owns.
        guard let member = unsafe member else { return nil }
        return unsafe JSONValue(document, member)
    }

    /// An array's values in order; empty for any other kind.
    package var elements: [JSONValue] {
        guard type == JSON_ARRAY else { return [] }
        var values: [JSONValue] = []
        let count = unsafe json_array_size(node)
        values.reserveCapacity(Int(count))
        for index in 0..<count {
            guard let element = unsafe json_array_get(node, index) else { break }
            unsafe values.append(JSONValue(document, element))
        }
        return values
    }

    /// An object's members in the order of the text; empty for any other kind.
    package var members: [(key: String, value: JSONValue)] {
        guard type == JSON_OBJECT else { return [] }
        var members: [(key: String, value: JSONValue)] = []
        members.reserveCapacity(count)
        var position = unsafe json_object_iter(node)
        while let current = unsafe position {
            guard let name = unsafe json_object_iter_key(current),
                let value = unsafe json_object_iter_value(current)
            else { break }
            let key = unsafe Self.decode(name, count: json_object_iter_key_len(current))
            unsafe members.append((key: key, value: JSONValue(document, value)))
            unsafe position = unsafe json_object_iter_next(node, current)
        }
        return members
    }

    package var keys: [String] { members.map(\.key) }

    private var type: json_type {
        unsafe json_type(rawValue: UInt32(bitPattern: tally_json_type(node)))
    }

    /// `count` bytes at `text` must be readable; Jansson has checked that they are UTF-8.
    private static func decode(_ text: UnsafePointer<CChar>, count: Int) -> String {
        let bytes = unsafe UnsafeBufferPointer(start: text, count: count)
        return unsafe bytes.withMemoryRebound(to: UInt8.self) {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }
}
