// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Decides who may come in: how many from one address, and how many a second.
///
/// It does no I/O and reads no clock. Addresses of this machine are not counted by address: a proxy or a
/// test speaks for many.
package struct Admission {
    /// Whom connections are counted for: an IPv4 address, or an IPv6 network of 64 bits, since one
    /// subscriber line has at least that many addresses (RFC 6177).
    package struct Origin: Hashable, Sendable {
        private let network: UInt64

        /// nil: not counted.
        package init?(_ address: SocketAddress) {
            guard !address.isLoopback else { return nil }
            switch address {
            case .ipv4(let address, _):
                // ::/96 is assigned to nobody, so no IPv6 network is taken for it.
                network = UInt64(address)
            case .ipv6(0, let low, _) where low >> 32 == 0xFFFF:
                network = low & 0xFFFF_FFFF
            case .ipv6(let high, _, _):
                network = high
            case .unix:
                return nil
            }
        }
    }

    /// Connections open at once from one origin; more are refused.
    private let maximumPerOrigin: Int
    /// New connections a second; more wait in the listening socket's queue, which costs nothing.
    private let maximumPerSecond: Int
    private var counts: [Origin: UInt32] = [:]
    private var available: Double
    private var refilledAt: MonotonicTime?

    package init(maximumPerOrigin: Int, maximumPerSecond: Int) {
        self.maximumPerOrigin = maximumPerOrigin
        self.maximumPerSecond = maximumPerSecond
        available = Double(maximumPerSecond)
    }

    package var originCount: Int { counts.count }

    /// Takes the right to accept one connection now.
    ///
    /// - Returns: nil when it was there, else how long to leave newcomers waiting.
    package mutating func waitBeforeNext(now: MonotonicTime) -> Duration? {
        let rate = Double(maximumPerSecond)
        if let refilledAt {
            let elapsed = max(Duration.zero, now - refilledAt) / .seconds(1)
            available = min(rate, available + elapsed * rate)
        }
        refilledAt = now
        guard available < 1 else {
            available -= 1
            return nil
        }
        // A few at a time: to wake up for each would cost more than it spares.
        return max(Self.minimumWait, .seconds((1 - available) / rate))
    }

    /// Gives the right back: nobody came.
    package mutating func giveBack() {
        available = min(Double(maximumPerSecond), available + 1)
    }

    /// Counts a connection; false, and nothing counted, when its origin has all that it may have.
    package mutating func enter(_ address: SocketAddress) -> Bool {
        guard let origin = Origin(address) else { return true }
        let count = counts[origin, default: 0]
        guard count < maximumPerOrigin else { return false }
        counts[origin] = count + 1
        return true
    }

    /// Counts a connection that another process let in, whatever the limits are here.
    package mutating func enterAdopted(_ address: SocketAddress) {
        guard let origin = Origin(address) else { return }
        counts[origin, default: 0] += 1
    }

    /// Forgets a connection that was let in.
    package mutating func leave(_ address: SocketAddress) {
        guard let origin = Origin(address), let count = counts[origin] else { return }
        counts[origin] = count > 1 ? count - 1 : nil
    }

    private static let minimumWait = Duration.milliseconds(10)
}
