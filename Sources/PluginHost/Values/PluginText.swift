// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads text that a plugin points to, never beyond a limit.
enum PluginText {
    /// The bytes up to NUL; nil when there is none within the limit, or no text at all.
    static func bytes(_ text: UnsafePointer<CChar>?, maximumByteCount: Int) -> [UInt8]? {
        guard let text = unsafe text else { return nil }
        // At most one byte more than the limit is looked at: room for the NUL.
        let count = unsafe strnlen(text, maximumByteCount + 1)
        guard count <= maximumByteCount else { return nil }
        return unsafe copy(text, count)
    }

    /// UTF-8 text up to NUL; nil when it is too long, is none, or is not there.
    static func string(_ text: UnsafePointer<CChar>?, maximumByteCount: Int) -> String? {
        unsafe bytes(text, maximumByteCount: maximumByteCount)
            .flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The start of a text, whatever it is: cut to the limit at a character's border, repaired where
    /// it is not UTF-8, empty for NULL.
    static func excerpt(_ text: UnsafePointer<CChar>?, maximumByteCount: Int) -> String {
        guard let text = unsafe text else { return "" }
        let count = unsafe strnlen(text, maximumByteCount)
        return cut(unsafe copy(text, count), maximumByteCount: maximumByteCount)
    }

    /// Text of at most so many bytes of UTF-8.
    static func cut(_ bytes: [UInt8], maximumByteCount: Int) -> String {
        var bytes = bytes[...]
        // A character that the limit cut through would become a replacement character.
        var start = bytes.endIndex
        while start > 0, bytes.endIndex - start < 4, bytes[start - 1] & 0xC0 == 0x80 { start -= 1 }
        if start > 0, bytes[start - 1] >= 0xC0 {
            let lead = bytes[start - 1]
            let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
            if bytes.endIndex - (start - 1) < length { bytes = bytes[..<(start - 1)] }
        }
        var text = String(decoding: bytes, as: UTF8.self)
        while text.utf8.count > maximumByteCount { text.removeLast() }
        return text
    }

    private static func copy(_ text: UnsafePointer<CChar>, _ count: Int) -> [UInt8] {
        // `count` bytes before the NUL are readable, as strnlen(3) has read them.
        unsafe UnsafeBufferPointer(start: text, count: count).map { UInt8(bitPattern: $0) }
    }
}
