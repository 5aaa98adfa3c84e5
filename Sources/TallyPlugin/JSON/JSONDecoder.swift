// SPDX-License-Identifier: Apache-2.0

/// Decodes ``JSON`` to a `Decodable` type, such as a plugin's settings.
enum JSONDecoder {
    static func decode<Value: Decodable>(_ type: Value.Type, from json: JSON) throws -> Value {
        do {
            return try Value(from: JSONValueDecoder(json, path: []))
        } catch let error as DecodingError {
            throw SettingsError(error)
        }
    }
}

/// Settings that do not fit the plugin's type, in words for an operator.
public struct SettingsError: Error, CustomStringConvertible {
    /// Which setting it is, and what it must be.
    public let description: String

    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            description = "settings: \(Self.path(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            description =
                "settings: \(Self.path(context.codingPath)): \(context.debugDescription)"
        @unknown default:
            description = "settings: \(error)"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}

struct JSONValueDecoder: Decoder {
    let json: JSON
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ json: JSON, path: [any CodingKey]) {
        self.json = json
        codingPath = path
    }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        guard let members = json.object else { throw mismatch([String: JSON].self, "an object") }
        return KeyedDecodingContainer(JSONKeyedContainer(members: members, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = json.array else { throw mismatch([JSON].self, "an array") }
        return JSONUnkeyedContainer(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func mismatch(_ type: Any.Type, _ wanted: String) -> DecodingError {
        .typeMismatch(
            type,
            DecodingError.Context(codingPath: codingPath, debugDescription: "must be \(wanted)")
        )
    }
}

extension JSONValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { json.isNull }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard let value = json.bool else { throw mismatch(type, "true or false") }
        return value
    }

    func decode(_ type: String.Type) throws -> String {
        guard let value = json.string else { throw mismatch(type, "a text") }
        return value
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard let value = json.number else { throw mismatch(type, "a number") }
        return value
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }

    private func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        guard let value = json.integer.flatMap({ Value(exactly: $0) }) else {
            throw mismatch(type, "an integer from \(Value.min) to \(Value.max)")
        }
        return value
    }

    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }
}
