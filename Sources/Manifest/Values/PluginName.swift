// SPDX-License-Identifier: Apache-2.0

/// A plugin's name: in manifests, in its library, in `<plugin>.<method>` and in paths.
package enum PluginName {
    package static let hint =
        "a name of a-z, 0-9 and -, at most 32 characters, the first a letter"

    package static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first else {
            return false
        }
        return text.utf8.count <= 32
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
            }
    }
}
