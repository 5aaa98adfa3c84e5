// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Descriptors that travel over a Unix socket (SCM_RIGHTS, `unix(7)`).
extension Socket {
    /// Most descriptors in one message: the kernel's limit (SCM_MAX_FD).
    package static let maximumDescriptorCount = Int(TALLY_MAXIMUM_DESCRIPTORS)

    /// Makes two connected stream sockets, nonblocking and close-on-exec like all of ours.
    package static func pair() throws(SystemError) -> SocketPair {
        var raw: [Int32] = [-1, -1]
        let type = Int32(
            SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        )
        // The array has the two places that the kernel fills.
        guard unsafe socketpair(AF_UNIX, type, 0, &raw) == 0 else {
            throw SystemError(lastErrorOf: "socketpair")
        }
        return SocketPair(Descriptor(owning: raw[0]), Descriptor(owning: raw[1]))
    }

    /// Sends the bytes from an offset on, with copies of descriptors, which stay open here.
    ///
    /// The descriptors go with the first byte: where fewer bytes than offered were transferred,
    /// send the rest without them. A stream keeps messages with descriptors apart: one `receive`
    /// gets those of one `send` at most.
    package static func send(
        _ raw: Int32,
        _ bytes: [UInt8],
        from offset: Int = 0,
        descriptors: [Int32]
    ) -> TransferResult {
        precondition(offset >= 0 && offset < bytes.count, "descriptors need a byte to go with")
        precondition(descriptors.count <= maximumDescriptorCount)
        // Both arrays are alive during the call, which reads exactly their counts.
        let count = unsafe bytes.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            return retryingInterrupted {
                unsafe tally_send_descriptors(
                    raw,
                    rest.baseAddress,
                    rest.count,
                    descriptors,
                    Int32(descriptors.count)
                )
            }
        }
        return count >= 0 ? .transferred(count) : failure("sendmsg")
    }

    /// Receives into the buffer from its start, and appends the descriptors that came along.
    ///
    /// The caller owns the appended descriptors and closes them, best by making a `Descriptor` of
    /// each. They are close-on-exec; whether they are nonblocking is the sender's choice.
    /// - Returns: `failed` with EMSGSIZE when descriptors were cut off, because this process may
    ///   open no more or because there were too many; those that did arrive are closed again.
    package static func receive(
        _ raw: Int32,
        into buffer: inout [UInt8],
        descriptors: inout [Int32]
    ) -> TransferResult {
        precondition(!buffer.isEmpty, "an empty buffer cannot tell the end of the stream")
        var received = [Int32](repeating: -1, count: maximumDescriptorCount)
        var receivedCount: Int32 = 0
        var isTruncated: Int32 = 0
        // The pointers cover the arrays, whose sizes the call knows, and live for the call only.
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            retryingInterrupted {
                unsafe tally_receive_descriptors(
                    raw,
                    bytes.baseAddress,
                    bytes.count,
                    &received,
                    &receivedCount,
                    &isTruncated
                )
            }
        }
        guard count >= 0 else { return failure("recvmsg") }
        let arrived = received.prefix(Int(receivedCount))
        guard isTruncated == 0 else {
            for descriptor in arrived { Descriptor(owning: descriptor).close() }
            return .failed(SystemError(operation: "receive descriptors", code: EMSGSIZE))
        }
        descriptors += arrived
        return count == 0 ? .endOfStream : .transferred(count)
    }
}

/// Two sockets that are connected to each other.
package struct SocketPair: ~Copyable {
    package let first: Descriptor
    package let second: Descriptor

    init(_ first: consuming Descriptor, _ second: consuming Descriptor) {
        self.first = first
        self.second = second
    }

    /// Takes both out, as they are raw: the caller owns them.
    package consuming func relinquish() -> (first: Int32, second: Int32) {
        (first.relinquish(), second.relinquish())
    }
}
