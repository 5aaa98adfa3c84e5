// SPDX-License-Identifier: Apache-2.0

/// A token's end: in the width that sessions keep, and as the client is told.
struct TokenExpiry {
    /// How long after its token's end a connection or subscription may still bring a new one.
    ///
    /// SDKs ask their application for it at the moment of the end; this is the time of that
    /// request and of their `refresh`.
    static let graceSeconds: UInt32 = 5

    /// Worker seconds; 0: never.
    let at: UInt32
    /// Seconds until then; nil where the token has no end.
    let timeToLive: Int64?

    /// - Parameters:
    ///   - expiresAt: The token's `exp`, in Unix seconds.
    ///   - unixNow: Now, in Unix seconds.
    ///   - workerNow: Now, in seconds since the worker's start.
    init(expiresAt: Int64?, unixNow: Int64, workerNow: UInt32) {
        guard let expiresAt else {
            at = 0
            timeToLive = nil
            return
        }
        let remaining = max(0, expiresAt - unixNow)
        timeToLive = remaining
        // The second in which a token ends is still its own.
        let end = Int64(workerNow) + remaining + 1
        // No worker lives for 136 years: what ends later never does.
        at = end < Int64(UInt32.max - Self.graceSeconds) ? UInt32(end) : 0
    }

    /// Whether what ends at `end` worker seconds, 0 for never, is over and its grace too.
    static func isOver(_ end: UInt32, now: UInt32) -> Bool {
        end > 0 && now >= end + graceSeconds
    }
}
