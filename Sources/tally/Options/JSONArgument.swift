// SPDX-License-Identifier: Apache-2.0

import JSON

/// JSON on the command line.
enum JSONArgument {
    /// Far beyond what the server takes; its own limits speak for themselves.
    private static let limits = JSONLimits(maximumByteCount: 1 << 20, maximumDepth: 64)

    /// The text of `--meta`, an object, compact.
    static func object(_ text: String) throws(CommandFailure) -> [UInt8] {
        try object(text, name: "--meta", example: #"--meta '{"key":1}'"#)
    }

    /// The text of an object, compact.
    static func object(
        _ text: String,
        name: String,
        example: String
    ) throws(CommandFailure) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard let value = try? JSONValue.parse(bytes, limits: limits), value.isObject else {
            throw CommandFailure(
                .usage,
                "\(name) is no JSON object",
                advice: "write it as \(example)"
            )
        }
        return JSONText.compact(bytes)
    }

    /// What the text of an object says.
    static func value(of object: [UInt8]) throws -> JSONValue {
        try JSONValue.parse(object, limits: limits)
    }
}

extension JSONWriter {
    /// A text member; nil is left out.
    mutating func member(_ name: String, _ text: String?) {
        guard let text else { return }
        key(name)
        string(text)
    }
}
