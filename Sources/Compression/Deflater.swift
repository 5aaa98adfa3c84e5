// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Compresses messages as permessage-deflate wants them, each by itself (RFC 7692 §7.2.1).
///
/// One is enough for a whole process: it keeps nothing from one message to the next. About 256 KiB.
@safe
package final class Deflater {
    /// zlib's own default: what is above takes twice the time for a hundredth of the bytes.
    private static let level: Int32 = 6
    private static let windowBits: Int32 = 15
    private static let memoryLevel: Int32 = 8
    /// What ends a flushed block and is left out of the message (RFC 7692 §7.2.1).
    static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

    // C's memory, owned by this object and given back with it.
    private let stream: UnsafeMutablePointer<z_stream>

    package init() {
        let made = unsafe tally_deflate_new(Self.level, Self.windowBits, Self.memoryLevel)
        guard let stream = unsafe made else {
            preconditionFailure("no memory for zlib")
        }
        unsafe self.stream = unsafe stream
    }

    deinit {
        unsafe tally_deflate_free(stream)
    }

    /// The message compressed; not always shorter than it was.
    package func deflate(_ message: ArraySlice<UInt8>) -> [UInt8] {
        // The stream is ours and was initialized.
        unsafe deflateReset(stream)
        // deflateBound counts the end of a stream; a flush needs a few bytes more.
        let capacity = Int(unsafe deflateBound(stream, UInt(message.count))) + 16
        return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            // Both buffers outlive the call, and zlib keeps to the counts that it is given.
            unsafe message.withUnsafeBufferPointer { input in
                // zlib only reads through this pointer; its C type just does not say so.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                let result = unsafe CZlib.deflate(stream, Z_SYNC_FLUSH)
                precondition(result == Z_OK, "deflate with room for everything")
                unsafe precondition(stream.pointee.avail_in == 0, "deflate took everything")
                count = unsafe output.count - Int(stream.pointee.avail_out) - Self.tail.count
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
            }
        }
    }
}
