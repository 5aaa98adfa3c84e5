// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Calls that block, with a deadline, for the few moments in which a process has nothing else to do.
extension Socket {
    /// Waits until a socket is ready, or broken, which the next transfer will tell.
    ///
    /// - Returns: false when the deadline passed first.
    package static func wait(
        for interest: Interest,
        of raw: Int32,
        until deadline: MonotonicTime
    ) -> Bool {
        var events: Int16 = 0
        if interest.contains(.readable) { events |= Int16(POLLIN) }
        if interest.contains(.writable) { events |= Int16(POLLOUT) }
        while true {
            let now = MonotonicTime.now()
            let left = deadline > now ? (deadline - now).clampedNanoseconds : 0
            var entry = pollfd(fd: raw, events: events, revents: 0)
            // Rounded up, so that the last millisecond is not spent spinning; `entry` is a live
            // local.
            let timeout = Int32(clamping: left / 1_000_000 + (left % 1_000_000 > 0 ? 1 : 0))
            let count = retryingInterrupted { unsafe poll(&entry, 1, timeout) }
            if count > 0 { return true }
            if left == 0 { return false }
        }
    }

    /// Sends everything, with descriptors if there are any.
    ///
    /// - Throws: ETIMEDOUT at the deadline, and what `send` fails with. Part may have gone over.
    package static func sendAll(
        _ raw: Int32,
        _ bytes: [UInt8],
        descriptors: [Int32] = [],
        until deadline: MonotonicTime
    ) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let result = send(
                raw,
                bytes,
                from: offset,
                descriptors: offset == 0 ? descriptors : []
            )
            switch result {
            case .transferred(let count):
                offset += count
            case .wouldBlock:
                guard wait(for: .writable, of: raw, until: deadline) else {
                    throw SystemError(operation: "send", code: ETIMEDOUT)
                }
            case .endOfStream: throw SystemError(operation: "send", code: EPIPE)
            case .failed(let error): throw error
            }
        }
    }

    /// Waits for bytes, and descriptors with them; see `receive(_:into:descriptors:)`.
    ///
    /// - Returns: how many bytes; 0 at the end of the stream.
    /// - Throws: ETIMEDOUT at the deadline, and what `receive` fails with.
    package static func receive(
        _ raw: Int32,
        into buffer: inout [UInt8],
        descriptors: inout [Int32],
        until deadline: MonotonicTime
    ) throws(SystemError) -> Int {
        while true {
            switch receive(raw, into: &buffer, descriptors: &descriptors) {
            case .transferred(let count): return count
            case .endOfStream: return 0
            case .failed(let error): throw error
            case .wouldBlock:
                guard wait(for: .readable, of: raw, until: deadline) else {
                    throw SystemError(operation: "receive", code: ETIMEDOUT)
                }
            }
        }
    }
}
