// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A descriptor by which other threads wake a loop, `eventfd(2)`.
package final class WakeUp: Sendable {
    private let event: Descriptor

    package init() throws(SystemError) {
        let raw = tally_wake_descriptor()
        guard raw >= 0 else { throw SystemError(lastErrorOf: "eventfd") }
        event = Descriptor(owning: raw)
    }

    /// To watch; readable from `signal` to `clear`.
    package var descriptor: Int32 { event.raw }

    /// On any thread.
    package func signal() {
        var one: UInt64 = 1
        // `one` is a live local of the 8 bytes that are taken. EAGAIN: it is readable already.
        _ = unsafe write(event.raw, &one, MemoryLayout<UInt64>.size)
    }

    package func clear() {
        var count: UInt64 = 0
        // `count` is a live local of the 8 bytes that are given.
        _ = unsafe read(event.raw, &count, MemoryLayout<UInt64>.size)
    }

    /// Blocks the calling thread until it is signalled.
    ///
    /// - Returns: false when the time has passed.
    package func wait(atMost time: Duration) -> Bool {
        var request = pollfd(fd: event.raw, events: Int16(POLLIN), revents: 0)
        let milliseconds = max(time, .zero).clampedNanoseconds / 1_000_000 + 1
        // `request` is a live local, one element as the count says.
        return unsafe poll(&request, 1, Int32(clamping: milliseconds)) > 0
    }
}
