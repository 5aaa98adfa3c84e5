// SPDX-License-Identifier: Apache-2.0

import Hooks
import JSON
import Live

/// The objects, as JSON text, that hooks are told and answer with.
enum HookData {
    /// An object with one member, whose value is JSON text; empty for an empty value.
    static func object(_ name: String, _ value: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(capacity: value.count + 16)
        writer.beginObject()
        if !value.isEmpty { writer.member(name, raw: value) }
        writer.endObject()
        return writer.bytes
    }

    /// An object with one number.
    static func object(_ name: String, _ number: some FixedWidthInteger) -> [UInt8] {
        var writer = JSONWriter(capacity: 32)
        writer.beginObject()
        writer.key(name)
        writer.integer(number)
        writer.endObject()
        return writer.bytes
    }

    /// A member's value as JSON text; nil where there is none, or null.
    static func member(_ name: String, of object: [UInt8]) -> [UInt8]? {
        let text = object.span
        guard let range = JSONText.member(name, of: 0..<text.count, in: text) else { return nil }
        let value = Array(object[range])
        return value.elementsEqual("null".utf8) ? nil : value
    }

    /// A member's text; nil where it is none.
    static func text(_ name: String, of object: [UInt8]) -> String? {
        guard let value = member(name, of: object) else { return nil }
        let limits = JSONLimits(maximumByteCount: value.count, maximumDepth: 1)
        return (try? JSONValue.parse(value, limits: limits))?.string
    }
}

extension LiveCommand {
    /// The hook that decides about it; nil where none does.
    var hook: Hook? {
        switch self {
        case .start: .liveStart
        case .update: .liveUpdate
        case .stop: .liveStop
        case .sendComment: .comment
        case .get, .list, .mode, .deleteComment, .timeoutUser, .banUser, .unbanUser, .interrupt,
            .resume, .cue:
            nil
        }
    }
}
