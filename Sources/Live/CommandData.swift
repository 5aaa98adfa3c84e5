// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import JSON

/// The data of an RPC, read member by member; every wrong one is error 107 and is named.
///
/// A member that is null counts as absent, as SDKs send it for their optional arguments.
struct CommandData {
    private let value: JSONValue
    /// What `value` was parsed from.
    private let text: [UInt8]

    init(
        _ bytes: [UInt8],
        maximumByteCount: Int = LiveLimits.maximumDataByteCount
    ) throws(ErrorReply) {
        let limits = JSONLimits(
            maximumByteCount: maximumByteCount,
            maximumDepth: LiveLimits.maximumDataDepth
        )
        do {
            value = try JSONValue.parse(bytes, limits: limits)
        } catch {
            throw ErrorReply(.badRequest, "data is not valid JSON")
        }
        guard value.isObject else { throw ErrorReply(.badRequest, "data must be an object") }
        text = bytes
    }

    func stream() throws(ErrorReply) -> String {
        let stream = try string("stream")
        guard StreamID.isValid(stream) else {
            throw ErrorReply(.badRequest, "stream must match [a-z0-9][a-z0-9_-]{0,63}")
        }
        return stream
    }

    /// A line for people, trimmed.
    func line(_ key: String, maximumCodePoints: Int) throws(ErrorReply) -> String? {
        guard let text = try optionalString(key) else { return nil }
        let trimmed = PlainText.trimmed(text)
        guard PlainText.isLine(trimmed, maximumCodePoints: maximumCodePoints) else {
            throw ErrorReply(
                .badRequest,
                "\(key) must be one line of at most \(maximumCodePoints) code points"
            )
        }
        return trimmed
    }

    /// A non-empty text that machines compare.
    func identifier(_ key: String, maximumByteCount: Int) throws(ErrorReply) -> String? {
        guard let text = try optionalString(key) else { return nil }
        guard !text.isEmpty, text.utf8.count <= maximumByteCount else {
            throw ErrorReply(.badRequest, "\(key) must have 1 to \(maximumByteCount) bytes")
        }
        return text
    }

    func requiredIdentifier(_ key: String, maximumByteCount: Int) throws(ErrorReply) -> String {
        guard let text = try identifier(key, maximumByteCount: maximumByteCount) else {
            throw ErrorReply(.badRequest, "\(key) is missing")
        }
        return text
    }

    func integer(_ key: String, in range: ClosedRange<Int64>) throws(ErrorReply) -> Int64? {
        guard let member = member(key) else { return nil }
        guard let integer = member.integer, range.contains(integer) else {
            throw ErrorReply(
                .badRequest,
                "\(key) must be an integer from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return integer
    }

    func bool(_ key: String) throws(ErrorReply) -> Bool? {
        guard let member = member(key) else { return nil }
        guard let bool = member.bool else {
            throw ErrorReply(.badRequest, "\(key) must be true or false")
        }
        return bool
    }

    /// An object, as compact JSON text with its numbers as they were written.
    func object(_ key: String, maximumByteCount: Int) throws(ErrorReply) -> [UInt8]? {
        guard let member = member(key) else { return nil }
        guard member.isObject else { throw ErrorReply(.badRequest, "\(key) must be an object") }
        return try value(key, maximumByteCount: maximumByteCount)
    }

    /// Any value, as compact JSON text with its numbers as they were written.
    func value(_ key: String, maximumByteCount: Int) throws(ErrorReply) -> [UInt8]? {
        guard value[key] != nil,
            let range = JSONText.member(key, of: 0..<text.count, in: text.span)
        else { return nil }
        let found = JSONText.compact(text.span, range)
        guard found.count <= maximumByteCount else {
            throw ErrorReply(.badRequest, "\(key) has at most \(maximumByteCount) bytes")
        }
        return found
    }

    func string(_ key: String) throws(ErrorReply) -> String {
        guard let text = try optionalString(key) else {
            throw ErrorReply(.badRequest, "\(key) is missing")
        }
        return text
    }

    func optionalString(_ key: String) throws(ErrorReply) -> String? {
        guard let member = member(key) else { return nil }
        guard let text = member.string else {
            throw ErrorReply(.badRequest, "\(key) must be a string")
        }
        return text
    }

    private func member(_ key: String) -> JSONValue? {
        guard let member = value[key], !member.isNull else { return nil }
        return member
    }
}
