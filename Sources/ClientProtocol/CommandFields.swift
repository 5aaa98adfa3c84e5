// SPDX-License-Identifier: Apache-2.0

import Channels
import JSON

/// Reads the fields of one command with their types and limits.
///
/// `null` counts as absent and unknown fields are ignored, as in the protocol's other servers.
struct CommandFields {
    let object: JSONValue
    let id: UInt32
    let method: Method

    func channel() throws(CommandError) -> String {
        let name = try requiredString("channel", maximumByteCount: FieldLimit.channel)
        if name.isEmpty { throw failure(.missing(method, field: "channel")) }
        return name
    }

    /// An empty token is none, as in encodings where absent fields are empty.
    func token() throws(CommandError) -> String? {
        let token = try string("token")
        return token?.isEmpty == true ? nil : token
    }

    func requiredString(
        _ field: String,
        maximumByteCount: Int = .max
    ) throws(CommandError) -> String {
        guard let text = try string(field, maximumByteCount: maximumByteCount) else {
            throw failure(.missing(method, field: field))
        }
        return text
    }

    func string(
        _ field: String,
        maximumByteCount: Int = .max
    ) throws(CommandError) -> String? {
        guard let value = present(field) else { return nil }
        guard let byteCount = value.stringByteCount else {
            throw failure(.wrongType(method, field: field))
        }
        guard byteCount <= maximumByteCount else { throw failure(.tooLong(method, field: field)) }
        return value.string
    }

    func bool(_ field: String) throws(CommandError) -> Bool {
        guard let value = present(field) else { return false }
        guard let bool = value.bool else { throw failure(.wrongType(method, field: field)) }
        return bool
    }

    func integer(_ field: String, in range: ClosedRange<Int64>) throws(CommandError) -> Int64? {
        guard let value = present(field) else { return nil }
        guard let integer = value.integer else {
            throw failure(.wrongType(method, field: field))
        }
        guard range.contains(integer) else { throw failure(.outOfRange(method, field: field)) }
        return integer
    }

    /// The position that the fields `epoch` and `offset` say; both may be absent.
    func position() throws(CommandError) -> Position {
        let epoch = try string("epoch", maximumByteCount: FieldLimit.epoch)
        let offset = try integer("offset", in: 0...Int64.max)
        return Position(epoch: epoch ?? "", offset: UInt64(clamping: offset ?? 0))
    }

    /// The fields of an object within these, nil where there is none.
    func object(_ field: String) throws(CommandError) -> CommandFields? {
        guard let value = present(field) else { return nil }
        guard value.isObject else { throw failure(.wrongType(method, field: field)) }
        return CommandFields(object: value, id: id, method: method)
    }

    func failure(_ reason: CommandError.Reason) -> CommandError {
        CommandError(id: id == 0 ? nil : id, reason)
    }

    private func present(_ field: String) -> JSONValue? {
        guard let value = object[field], !value.isNull else { return nil }
        return value
    }
}
