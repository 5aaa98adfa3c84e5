// SPDX-License-Identifier: Apache-2.0

import JSON

/// JSON on the command line.
enum JSONArgument {
    /// The text of an object, compact.
    static func object(_ text: String) throws(CommandFailure) -> [UInt8] {
        let bytes = Array(text.utf8)
        // Far beyond what the server takes; its own limits speak for themselves.
        let limits = JSONLimits(maximumByteCount: 1 << 20, maximumDepth: 64)
        guard let value = try? JSONValue.parse(bytes, limits: limits), value.isObject else {
            throw CommandFailure(
                .usage,
                "--meta is no JSON object",
                advice: "write it as --meta '{\"key\":1}'"
            )
        }
        return JSONText.compact(bytes)
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
