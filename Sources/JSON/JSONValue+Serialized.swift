// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// The value as compact JSON text, members in the order of the source.
    ///
    /// Numbers are written anew, each the shortest text that reads as the same value. Where the
    /// source text is at hand, `JSONText` keeps what was written instead, at less cost.
    package func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}

extension JSONWriter {
    package mutating func value(_ value: JSONValue) {
        switch value.kind {
        case .object:
            beginObject()
            for (name, member) in value.members {
                key(name)
                self.value(member)
            }
            endObject()
        case .array:
            beginArray()
            for element in value.elements { self.value(element) }
            endArray()
        case .string: string(value.string ?? "")
        case .integer: integer(value.integer ?? 0)
        case .real: number(value.number ?? 0)
        case .bool: bool(value.bool ?? false)
        case .null: null()
        }
    }
}
