// SPDX-License-Identifier: Apache-2.0

/// A value that crosses the hub link.
///
/// Integers are little-endian, strings and byte strings carry a 32-bit length, lists a 32-bit count,
/// optionals a byte 0 or 1, enums a tag byte. Both ends are the same binary, so there is no
/// versioning inside a message.
package protocol LinkValue {
    func encode(into writer: inout LinkWriter)
    init(from reader: inout LinkReader) throws(LinkError)
}

/// Builds frames back to back, ready to be sent as one.
package struct LinkWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Appends one frame: its length in 4 bytes, then the message.
    package mutating func append(_ message: some LinkValue) {
        let start = bytes.count
        write(UInt32(0))
        message.encode(into: &self)
        let byteCount = UInt32(bytes.count - start - 4)
        for index in 0..<4 {
            bytes[start + index] = UInt8(truncatingIfNeeded: byteCount >> UInt32(8 * index))
        }
    }

    /// Hands over what was written and begins anew.
    package mutating func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    package mutating func write(_ value: some FixedWidthInteger & UnsignedInteger) {
        var rest = value
        for _ in 0..<(type(of: value).bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    package mutating func write(_ value: Int64) {
        write(UInt64(bitPattern: value))
    }

    package mutating func write(_ value: Int) {
        write(UInt64(bitPattern: Int64(value)))
    }

    package mutating func write(_ value: Bool) {
        bytes.append(value ? 1 : 0)
    }

    package mutating func write(_ value: String) {
        write(UInt32(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    package mutating func write(_ value: [UInt8]) {
        write(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func write<Value>(
        _ value: Value?,
        _ element: (inout LinkWriter, Value) -> Void
    ) {
        write(value != nil)
        if let value { element(&self, value) }
    }

    package mutating func write<Value>(
        _ values: [Value],
        _ element: (inout LinkWriter, Value) -> Void
    ) {
        write(UInt32(values.count))
        for value in values { element(&self, value) }
    }
}
