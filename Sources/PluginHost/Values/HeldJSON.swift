// SPDX-License-Identifier: Apache-2.0

import CJansson
// The compiler takes what is in jansson.h for this module's, which includes it as well.
import CTallyPlugin

/// A reference to a Jansson value that is let go with its owner.
///
/// Unchecked: Jansson counts references atomically (`JSON_HAVE_ATOMIC_BUILTINS`), and a value that
/// is held here is only read, by one thread at a time.
@safe final class HeldJSON: @unchecked Sendable {
    let node: UnsafeMutablePointer<json_t>

    /// Takes over a reference that was given.
    init(owning node: UnsafeMutablePointer<json_t>) {
        unsafe self.node = unsafe node
    }

    /// Text that was checked before; nil when it is no JSON after all, or memory is short.
    ///
    /// Integers beyond 64 bits, which JSON allows and Jansson does not hold, become reals.
    convenience init?(parsing text: [UInt8]) {
        if let node = unsafe Self.load(text, flags: JSON_DECODE_ANY) {
            unsafe self.init(owning: node)
        } else if let node = unsafe Self.load(
            text,
            flags: JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL
        ) {
            unsafe self.init(owning: node)
        } else {
            return nil
        }
    }

    deinit {
        // The reference that this object owns.
        unsafe json_decref(node)
    }

    static func emptyObject() -> HeldJSON {
        guard let node = unsafe json_object() else { fatalError("out of memory") }
        return unsafe HeldJSON(owning: node)
    }

    var isObject: Bool { unsafe tally_json_type(node) == Int32(JSON_OBJECT.rawValue) }

    /// Compact JSON text; nil when it is longer than that, or no tree.
    func text(maximumByteCount: Int) -> [UInt8]? {
        unsafe Self.text(of: node, maximumByteCount: maximumByteCount)
    }

    /// The same of a value that is borrowed.
    static func text(of node: UnsafePointer<json_t>, maximumByteCount: Int) -> [UInt8]? {
        var sink = TextSink(maximumByteCount: maximumByteCount)
        // `sink` is alive during the call, and only `collect` touches it.
        let result = unsafe withUnsafeMutablePointer(to: &sink) { sink in
            unsafe json_dump_callback(
                node,
                { text, count, sink in unsafe TextSink.collect(text, count, sink) },
                sink,
                Int(JSON_COMPACT | JSON_ENCODE_ANY)
            )
        }
        return result == 0 ? sink.bytes : nil
    }

    private static func load(_ text: [UInt8], flags: Int32) -> UnsafeMutablePointer<json_t>? {
        // Jansson reads the array's bytes during the call and copies what it keeps.
        unsafe text.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return nil }
            return unsafe json_loadb(
                start.assumingMemoryBound(to: CChar.self),
                buffer.count,
                Int(flags),
                nil
            )
        }
    }
}

/// Collects what Jansson writes, up to a limit.
private struct TextSink {
    let maximumByteCount: Int
    var bytes: [UInt8] = []

    init(maximumByteCount: Int) {
        self.maximumByteCount = maximumByteCount
    }

    /// `json_dump_callback_t`: anything but 0 ends the writing.
    static func collect(
        _ text: UnsafePointer<CChar>?,
        _ count: Int,
        _ sink: UnsafeMutableRawPointer?
    ) -> Int32 {
        guard let text = unsafe text, let sink = unsafe sink?.assumingMemoryBound(to: Self.self)
        else { return -1 }
        guard unsafe sink.pointee.bytes.count + count <= sink.pointee.maximumByteCount else {
            return -1
        }
        // Jansson's buffer of `count` bytes.
        let buffer = unsafe UnsafeBufferPointer(start: text, count: count)
        unsafe sink.pointee.bytes.append(contentsOf: buffer.lazy.map { UInt8(bitPattern: $0) })
        return 0
    }
}
