// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

extension Socket {
    /// Most pieces in one gathering send; the kernel takes up to 1,024 (IOV_MAX), but a socket's
    /// send buffer rarely has room for more than this many messages.
    package static let maximumGatheredCount = 64

    /// Receives into the buffer from its start, up to its count, which stays as it is.
    package static func receive(_ raw: Int32, into buffer: inout [UInt8]) -> TransferResult {
        precondition(!buffer.isEmpty, "an empty buffer cannot tell the end of the stream")
        // The pointer covers the array's bytes and is used during the call only.
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            retryingInterrupted { unsafe recv(raw, bytes.baseAddress, bytes.count, 0) }
        }
        if count == 0 { return .endOfStream }
        return count > 0 ? .transferred(count) : failure("recv")
    }

    /// Looks at what `receive` would give, and leaves it there.
    package static func peek(_ raw: Int32, into buffer: inout [UInt8]) -> TransferResult {
        precondition(!buffer.isEmpty, "an empty buffer cannot tell the end of the stream")
        // As in `receive`.
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            retryingInterrupted {
                unsafe recv(raw, bytes.baseAddress, bytes.count, Int32(MSG_PEEK))
            }
        }
        if count == 0 { return .endOfStream }
        return count > 0 ? .transferred(count) : failure("recv")
    }

    /// Takes bytes that `peek` has shown out of the socket; what is in the buffer is lost.
    package static func discard(_ raw: Int32, count: Int, into buffer: inout [UInt8]) {
        precondition((0...buffer.count).contains(count))
        guard count > 0 else { return }
        // As in `receive`; the bytes are there, so all of them come.
        let taken = unsafe buffer.withUnsafeMutableBytes { bytes in
            retryingInterrupted { unsafe recv(raw, bytes.baseAddress, count, 0) }
        }
        precondition(taken == count, "bytes that were there are gone")
    }

    /// Sends the bytes from an offset on; there must be at least one.
    package static func send(_ raw: Int32, _ bytes: [UInt8], from offset: Int) -> TransferResult {
        precondition(offset >= 0 && offset < bytes.count, "nothing to send")
        // The offset was checked; the pointer is used during the call only.
        let count = unsafe bytes.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            return retryingInterrupted {
                unsafe Glibc.send(raw, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
        }
        return count >= 0 ? .transferred(count) : failure("send")
    }

    /// Sends several pieces with one call, the first from an offset on.
    ///
    /// Takes at most `maximumGatheredCount` of them; the result counts the bytes of all. There must
    /// be at least one piece, and bytes after the offset in the first.
    package static func send(
        _ raw: Int32,
        gathering pieces: [[UInt8]],
        firstOffset: Int
    ) -> TransferResult {
        precondition(
            firstOffset >= 0 && firstOffset < pieces.first?.count ?? 0,
            "nothing to send"
        )
        var vectors: [iovec] = unsafe []
        unsafe vectors.reserveCapacity(min(pieces.count, maximumGatheredCount))
        let count = unsafe withVectors(of: pieces[...], firstOffset, &vectors) { vectors in
            var message = unsafe msghdr()
            unsafe message.msg_iov = vectors.baseAddress
            unsafe message.msg_iovlen = vectors.count
            return retryingInterrupted {
                unsafe sendmsg(raw, &message, Int32(MSG_NOSIGNAL))
            }
        }
        return count >= 0 ? .transferred(count) : failure("sendmsg")
    }

    /// Collects a vector per piece by recursion, so that every array's pointer is inside the
    /// scope in which it is valid; at most `maximumGatheredCount` deep.
    private static func withVectors(
        of pieces: ArraySlice<[UInt8]>,
        _ offset: Int,
        _ vectors: inout [iovec],
        _ body: (UnsafeMutableBufferPointer<iovec>) -> Int
    ) -> Int {
        guard unsafe vectors.count < maximumGatheredCount, let piece = pieces.first else {
            return unsafe vectors.withUnsafeMutableBufferPointer { unsafe body($0) }
        }
        return unsafe piece.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            // sendmsg(2) only reads through the pointer; its C type just does not say so.
            unsafe vectors.append(
                iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: rest.baseAddress),
                    iov_len: rest.count
                )
            )
            return unsafe withVectors(of: pieces.dropFirst(), 0, &vectors, body)
        }
    }

    static func failure(_ operation: String) -> TransferResult {
        errno == EAGAIN ? .wouldBlock : .failed(SystemError(lastErrorOf: operation))
    }
}
