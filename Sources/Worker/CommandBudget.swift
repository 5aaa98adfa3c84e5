// SPDX-License-Identifier: Apache-2.0

/// A token bucket over one session's commands.
///
/// Fills with `rate` commands a second up to `burst`; a session that has emptied it is told how
/// long to wait. Eight bytes, since every idle viewer holds one.
struct CommandBudget: Hashable {
    private(set) var available: Float
    /// Worker milliseconds at the last refill, wrapping; only differences count.
    private(set) var refilledAt: UInt32

    init(burst: Int, now: UInt32) {
        available = Float(burst)
        refilledAt = now
    }

    init(available: Float, refilledAt: UInt32) {
        self.available = available
        self.refilledAt = refilledAt
    }

    /// Takes one command.
    ///
    /// - Returns: nil when it was there, else the milliseconds until it is.
    mutating func spend(rate: Int, burst: Int, now: UInt32) -> Int64? {
        let elapsed = Float(now &- refilledAt) / 1_000
        available = min(Float(burst), available + elapsed * Float(rate))
        refilledAt = now
        guard available < 1 else {
            available -= 1
            return nil
        }
        return Int64(((1 - available) * 1_000 / Float(rate)).rounded(.up))
    }
}
