// SPDX-License-Identifier: Apache-2.0

/// Reads the fields of one frame, in order, and never past its end.
package struct LinkReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ frame: ArraySlice<UInt8>) {
        bytes = frame
        position = frame.startIndex
    }

    package var remainingByteCount: Int { bytes.endIndex - position }

    /// Decodes a whole frame; bytes left over are an error.
    package static func decode<Message: LinkValue>(
        _ type: Message.Type,
        from frame: ArraySlice<UInt8>
    ) throws(LinkError) -> Message {
        var reader = LinkReader(frame)
        let message = try Message(from: &reader)
        guard reader.remainingByteCount == 0 else {
            throw .trailingBytes(count: reader.remainingByteCount)
        }
        return message
    }

    package mutating func unsigned<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type
    ) throws(LinkError) -> Value {
        var value: Value = 0
        var shift = 0
        for byte in try take(Value.bitWidth / 8) {
            value |= Value(byte) << Value(shift)
            shift += 8
        }
        return value
    }

    package mutating func signed() throws(LinkError) -> Int64 {
        Int64(bitPattern: try unsigned(UInt64.self))
    }

    package mutating func integer() throws(LinkError) -> Int {
        Int(try signed())
    }

    package mutating func bool() throws(LinkError) -> Bool {
        switch try unsigned(UInt8.self) {
        case 0: return false
        case 1: return true
        case let tag: throw .unknownTag(tag, in: "Bool")
        }
    }

    package mutating func string() throws(LinkError) -> String {
        let content = try take(Int(try unsigned(UInt32.self)))
        guard let text = String(validating: content, as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }

    package mutating func byteString() throws(LinkError) -> [UInt8] {
        Array(try take(Int(try unsigned(UInt32.self))))
    }

    package mutating func optional<Value>(
        _ element: (inout LinkReader) throws(LinkError) -> Value
    ) throws(LinkError) -> Value? {
        try bool() ? try element(&self) : nil
    }

    package mutating func list<Value>(
        _ element: (inout LinkReader) throws(LinkError) -> Value
    ) throws(LinkError) -> [Value] {
        let count = Int(try unsigned(UInt32.self))
        // An element takes at least one byte, so a lying count is refused before it allocates.
        guard count <= remainingByteCount else { throw .tooManyElements(count: count) }
        var values: [Value] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try element(&self)) }
        return values
    }

    private mutating func take(_ count: Int) throws(LinkError) -> ArraySlice<UInt8> {
        guard count <= remainingByteCount else { throw .truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
