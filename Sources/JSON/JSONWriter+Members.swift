// SPDX-License-Identifier: Apache-2.0

extension JSONWriter {
    package mutating func member(_ name: String, string text: String) {
        key(name)
        string(text)
    }

    package mutating func member(_ name: String, integer value: some FixedWidthInteger) {
        key(name)
        integer(value)
    }

    package mutating func member(_ name: String, bool value: Bool) {
        key(name)
        bool(value)
    }

    /// `text`: JSON text, taken as it is.
    package mutating func member(_ name: String, raw text: [UInt8]) {
        key(name)
        raw(text)
    }
}
