// SPDX-License-Identifier: Apache-2.0

import JSON

/// The public profile in a token's `info`.
enum TokenProfile {
    static func json(name: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        writer.endObject()
        return writer.bytes
    }
}
