// SPDX-License-Identifier: Apache-2.0

import CJansson

/// The owner of one parsed Jansson tree, which nothing changes after the parse.
///
/// Every `JSONValue` of the tree holds its document, so a node lives as long as any view of it.
@safe
final class JSONDocument {
    let root: UnsafeMutablePointer<json_t>
    /// Whether the text had an integer beyond 64 bits, so that all its integers were read as reals.
    let readsIntegersAsReals: Bool

    private init(owning root: UnsafeMutablePointer<json_t>, readsIntegersAsReals: Bool) {
        unsafe self.root = unsafe root
        self.readsIntegersAsReals = readsIntegersAsReals
    }

    deinit {
        // The parse gave this object the only reference.
        unsafe json_decref(root)
    }

    static func parse(
        _ bytes: Span<UInt8>,
        limits: JSONLimits
    ) throws(JSONError) -> JSONDocument {
        guard bytes.count <= limits.maximumByteCount else {
            throw JSONError(.tooLarge, byteOffset: limits.maximumByteCount)
        }
        try screen(bytes, maximumDepth: limits.maximumDepth)
        do throws(JSONError) {
            return try load(bytes, readingIntegersAsReals: false)
        } catch  where error.reason == .numberOutOfRange {
            // An integer that JSON allows and Jansson does not hold; its digits reach other
            // clients by way of the source text.
            return try load(bytes, readingIntegersAsReals: true)
        }
    }

    private static func load(
        _ bytes: Span<UInt8>,
        readingIntegersAsReals: Bool
    ) throws(JSONError) -> JSONDocument {
        var flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES
        if readingIntegersAsReals { flags |= JSON_DECODE_INT_AS_REAL }
        var failure = json_error_t()
        // Jansson reads `count` bytes from `baseAddress` during the call and copies what it keeps.
        let root = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                unsafe text.baseAddress.flatMap { start in
                    unsafe json_loadb(start, text.count, Int(flags), &failure)
                }
            }
        }
        guard let root = unsafe root else {
            if bytes.isEmpty { throw JSONError(.prematureEnd, byteOffset: 0) }
            throw JSONError(jansson: failure)
        }
        return unsafe JSONDocument(owning: root, readsIntegersAsReals: readingIntegersAsReals)
    }

    /// Refuses depth before anything is allocated for it, and raw null bytes.
    ///
    /// Jansson takes a null byte between tokens for the end of its input, so that anything could
    /// follow it.
    private static func screen(
        _ bytes: Span<UInt8>,
        maximumDepth: Int
    ) throws(JSONError) {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if byte == 0 { throw JSONError(.nullCharacter, byteOffset: index) }
            if isEscaped {
                isEscaped = false
            } else if isInString {
                if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
                guard depth <= maximumDepth else { throw JSONError(.tooDeep, byteOffset: index) }
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                // Below 0 the text is no JSON, and the parser stops before what follows.
                depth = max(0, depth - 1)
            }
        }
    }
}

extension JSONError {
    fileprivate init(jansson failure: json_error_t) {
        var failure = failure
        let code = unsafe tally_json_error_code(&failure)
        let offset = Int(failure.position)
        let reason: Reason =
            switch UInt32(bitPattern: code) {
            case json_error_out_of_memory.rawValue: .outOfMemory
            case json_error_stack_overflow.rawValue: .tooDeep
            case json_error_invalid_utf8.rawValue: .invalidUTF8
            case json_error_premature_end_of_input.rawValue: .prematureEnd
            case json_error_end_of_input_expected.rawValue: .trailingText
            case json_error_null_character.rawValue, json_error_null_byte_in_key.rawValue:
                .nullCharacter
            case json_error_duplicate_key.rawValue: .duplicateKey
            case json_error_numeric_overflow.rawValue: .numberOutOfRange
            default: .invalidSyntax
            }
        self.init(reason, byteOffset: max(0, offset))
    }
}
