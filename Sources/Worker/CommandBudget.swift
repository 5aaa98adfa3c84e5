// SPDX-License-Identifier: Apache-2.0

/// A token bucket.
///
/// Fills with `rate` a second up to `burst`; whoever has emptied it is told how long to wait.
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

    /// Takes some, one unless it says otherwise.
    ///
    /// - Returns: nil when it was there, else the milliseconds until it is.
    mutating func spend(
        _ amount: Float = 1,
        rate: Int,
        burst: Int,
        now: UInt32
    ) -> Int64? {
        available = filled(rate: rate, burst: burst, now: now)
        refilledAt = now
        guard available < amount else {
            available -= amount
            return nil
        }
        return Int64(((amount - available) * 1_000 / Float(rate)).rounded(.up))
    }

    /// Takes what is not there, too: whoever comes next waits for it, though no longer than for two
    /// bursts.
    mutating func charge(_ amount: Float, burst: Int) {
        available = max(available - amount, -2 * Float(burst))
    }

    /// Whether a new one would hold as much.
    func isFull(_ limits: BudgetLimits, now: UInt32) -> Bool {
        filled(rate: limits.rate, burst: limits.burst, now: now) >= Float(limits.burst)
    }

    private func filled(rate: Int, burst: Int, now: UInt32) -> Float {
        let elapsed = Float(now &- refilledAt) / 1_000
        return min(Float(burst), available + elapsed * Float(rate))
    }
}
