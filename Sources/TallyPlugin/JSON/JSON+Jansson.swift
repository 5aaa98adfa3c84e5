// SPDX-License-Identifier: Apache-2.0

internal import CJansson
package import CTallyPlugin

/// JSON as it crosses the border to Tally.
extension JSON {
    /// Copies a borrowed value; nil: there is none.
    package init?(borrowing value: UnsafePointer<json_t>?) {
        guard let value = unsafe value else { return nil }
        // Jansson's readers take a mutable pointer in places, and change nothing.
        unsafe self.init(UnsafeMutablePointer(mutating: value))
    }

    /// `value` is alive for the call, and is only read.
    private init(_ value: UnsafeMutablePointer<json_t>) {
        switch unsafe json_type(rawValue: UInt32(tally_json_type(value))) {
        case JSON_OBJECT: self = unsafe .object(Self.members(of: value))
        case JSON_ARRAY:
            self = unsafe .array(
                (0..<json_array_size(value)).map { index in
                    unsafe json_array_get(value, index).map { unsafe JSON($0) } ?? .null
                }
            )
        case JSON_STRING: self = unsafe .string(Self.text(of: value))
        case JSON_INTEGER: self = unsafe .integer(Int64(json_integer_value(value)))
        case JSON_REAL: self = unsafe .number(json_real_value(value))
        case JSON_TRUE: self = .bool(true)
        case JSON_FALSE: self = .bool(false)
        default: self = .null
        }
    }

    private static func text(of value: UnsafeMutablePointer<json_t>) -> String {
        guard let start = unsafe json_string_value(value) else { return "" }
        // A string's bytes live as long as the value; its length leaves out the final NUL.
        let bytes = unsafe UnsafeBufferPointer(start: start, count: json_string_length(value))
        return unsafe bytes.withMemoryRebound(to: UInt8.self) { bytes in
            unsafe String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func members(of value: UnsafeMutablePointer<json_t>) -> [String: JSON] {
        var members: [String: JSON] = [:]
        // The iterator is valid while the object is unchanged.
        var iterator = unsafe json_object_iter(value)
        while let place = unsafe iterator {
            if let key = unsafe json_object_iter_key(place),
                let member = unsafe json_object_iter_value(place)
            {
                unsafe members[String(cString: key)] = JSON(member)
            }
            unsafe iterator = json_object_iter_next(value, place)
        }
        return members
    }

    /// A new value that the caller owns; nil when memory is out, or a number is not finite.
    package func makeValue() -> UnsafeMutablePointer<json_t>? {
        switch self {
        case .null: return unsafe json_null()
        case .bool(let value): return unsafe value ? json_true() : json_false()
        case .integer(let value): return unsafe json_integer(json_int_t(value))
        case .number(let value): return unsafe json_real(value)
        case .string(let text):
            var text = text
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
                    // An empty string may have no bytes to point at; Jansson wants some address.
                    unsafe bytes.isEmpty
                        ? json_string("") : json_stringn(bytes.baseAddress, bytes.count)
                }
            }
        case .array(let elements):
            let array = unsafe json_array()
            for element in elements {
                // Takes the reference, also when it fails.
                guard unsafe json_array_append_new(array, element.makeValue()) == 0 else {
                    unsafe json_decref(array)
                    return nil
                }
            }
            return unsafe array
        case .object(let members):
            let object = unsafe json_object()
            for (key, member) in members {
                guard unsafe json_object_set_new(object, key, member.makeValue()) == 0 else {
                    unsafe json_decref(object)
                    return nil
                }
            }
            return unsafe object
        }
    }

    /// Lends a value to `body`; nil when there is none to lend.
    package func withValue<Result>(_ body: (UnsafePointer<json_t>?) -> Result) -> Result {
        let value = unsafe makeValue()
        // Made above, and nobody else has a reference but those that `body` took.
        defer { unsafe json_decref(value) }
        return unsafe body(UnsafePointer(value))
    }
}

extension JSON {
    /// Reads JSON text; nil when it is none.
    public init?(text: String) {
        var failure = json_error_t()
        let flags = Int(JSON_DECODE_ANY | JSON_REJECT_DUPLICATES)
        var text = text
        let value = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
                unsafe bytes.baseAddress.flatMap { start in
                    unsafe json_loadb(start, bytes.count, flags, &failure)
                }
            }
        }
        guard let value = unsafe value else { return nil }
        defer { unsafe json_decref(value) }
        unsafe self.init(value)
    }

    /// Compact JSON text, keys in order; `null` for what JSON cannot say, such as infinity.
    public var text: String {
        let value = unsafe makeValue()
        defer { unsafe json_decref(value) }
        let flags = Int(JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS)
        guard let dump = unsafe json_dumps(value, flags) else { return "null" }
        // Allocated by Jansson for the caller.
        defer { unsafe free(dump) }
        return unsafe String(cString: dump)
    }
}
