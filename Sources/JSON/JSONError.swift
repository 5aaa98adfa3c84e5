// SPDX-License-Identifier: Apache-2.0

/// Why a text was not taken as JSON, and where.
///
/// It never quotes the input, so it may be logged and sent to clients.
package struct JSONError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case tooLarge
        case tooDeep
        case invalidSyntax
        case prematureEnd
        case trailingText
        case invalidUTF8
        case nullCharacter
        case duplicateKey
        case numberOutOfRange
        case outOfMemory
    }

    package let reason: Reason
    /// Counted from the text's first byte, 0; how far the parser came.
    package let byteOffset: Int

    package init(_ reason: Reason, byteOffset: Int) {
        self.reason = reason
        self.byteOffset = byteOffset
    }

    package var message: String {
        switch reason {
        case .tooLarge: "JSON text too large"
        case .tooDeep: "JSON nested too deeply"
        case .invalidSyntax: "invalid JSON"
        case .prematureEnd: "JSON text ends too early"
        case .trailingText: "text after the JSON value"
        case .invalidUTF8: "invalid UTF-8 in JSON"
        case .nullCharacter: "null character in a JSON string"
        case .duplicateKey: "duplicate key in a JSON object"
        case .numberOutOfRange: "JSON number out of range"
        case .outOfMemory: "out of memory for JSON"
        }
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "\(message) (byte \(byteOffset))" }
}
