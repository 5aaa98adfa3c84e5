// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Until when a connection must have done what it is expected to do next.
struct Deadline {
    enum Purpose: UInt8 {
        case none
        case entering
        case requestHead
        case requestBody
        case answer
        case nextRequest
        case sending
        case message
        case closeHandshake
        case lingering
    }

    private(set) var purpose = Purpose.none
    private(set) var sentByteCount: UInt32 = 0
    private(set) var moment = MonotonicTime(nanoseconds: .max)

    /// Starts the clock when the purpose is a new one; a slow trickle of the same changes nothing.
    mutating func set(_ purpose: Purpose, _ duration: Duration?, from now: MonotonicTime) {
        guard purpose != self.purpose else { return }
        restart(purpose, duration, from: now)
    }

    mutating func restart(_ purpose: Purpose, _ duration: Duration?, from now: MonotonicTime) {
        self.purpose = purpose
        sentByteCount = 0
        moment = duration.map { now + $0 } ?? MonotonicTime(nanoseconds: .max)
    }

    mutating func countSent(_ byteCount: Int) {
        sentByteCount = UInt32(clamping: Int(sentByteCount) + byteCount)
    }
}
