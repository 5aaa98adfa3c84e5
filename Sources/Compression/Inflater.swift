// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Why a compressed message cannot be read.
package enum InflateError: Error, Hashable, Sendable {
    /// It is longer than is allowed, however short it came.
    case tooBig
    case invalid
}

/// Reads messages that were compressed each by itself (RFC 7692 §7.2.2).
///
/// One is enough for a whole process: it keeps nothing from one message to the next. About 40 KiB.
@safe
package final class Inflater {
    private static let windowBits: Int32 = 15
    /// The most that is asked of memory before as much has come out.
    private static let stepByteCount = 16 << 10

    // C's memory, owned by this object and given back with it.
    private let stream: UnsafeMutablePointer<z_stream>

    package init() {
        let made = unsafe tally_inflate_new(Self.windowBits)
        guard let stream = unsafe made else {
            preconditionFailure("no memory for zlib")
        }
        unsafe self.stream = unsafe stream
    }

    deinit {
        unsafe tally_inflate_free(stream)
    }

    /// The message as it was; a bomb costs no more than the limit and one step.
    package func inflate(
        _ message: [UInt8],
        maximumByteCount: Int
    ) throws(InflateError) -> [UInt8] {
        // The stream is ours and was initialized.
        unsafe inflateReset(stream)
        var result: [UInt8] = []
        var isAtEnd = false
        for piece in [message, Deflater.tail] where !isAtEnd {
            isAtEnd = try inflate(piece, into: &result, maximumByteCount: maximumByteCount)
        }
        return result
    }

    /// - Returns: whether the compressed data said that it ends here; what follows is no part of it.
    private func inflate(
        _ piece: [UInt8],
        into result: inout [UInt8],
        maximumByteCount: Int
    ) throws(InflateError) -> Bool {
        var offset = 0
        while true {
            // One byte more than allowed tells whether there is one.
            let room = min(Self.stepByteCount, maximumByteCount - result.count + 1)
            guard room > 0 else { throw .tooBig }
            var step = [UInt8](repeating: 0, count: room)
            // Both buffers outlive the call, and zlib keeps to the counts that it is given.
            let code = unsafe piece[offset...].withUnsafeBufferPointer { input in
                unsafe step.withUnsafeMutableBufferPointer { output in
                    // zlib only reads through this pointer; its C type just does not say so.
                    unsafe stream.pointee.next_in =
                        UnsafeMutablePointer(mutating: input.baseAddress)
                    unsafe stream.pointee.avail_in = UInt32(input.count)
                    unsafe stream.pointee.next_out = output.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(output.count)
                    let code = unsafe CZlib.inflate(stream, Z_SYNC_FLUSH)
                    offset += unsafe input.count - Int(stream.pointee.avail_in)
                    unsafe stream.pointee.next_in = nil
                    unsafe stream.pointee.next_out = nil
                    return code
                }
            }
            let unused = Int(unsafe stream.pointee.avail_out)
            result += step[..<(room - unused)]
            guard result.count <= maximumByteCount else { throw .tooBig }
            switch code {
            case Z_STREAM_END: return true
            case Z_OK: if offset == piece.count, unused > 0 { return false }
            // No progress was possible: everything is read, and everything written.
            case Z_BUF_ERROR where offset == piece.count: return false
            default: throw .invalid
            }
        }
    }
}
