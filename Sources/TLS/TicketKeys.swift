// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// The keys that session tickets are sealed with: of this period, and of the one before.
///
/// Every worker derives the same ones from the same secret (HKDF, RFC 5869), so that a client resumes
/// at whichever it comes back to; nothing has to be told to anybody when a period ends.
struct TicketKeys {
    static let nameByteCount = 16
    static let secretByteCount = 32
    private static let keyByteCount = 32

    struct Key: Hashable {
        /// What tickets name it by.
        let name: [UInt8]
        let cipher: [UInt8]
        let authentication: [UInt8]
    }

    private let secret: [UInt8]
    private let periodSeconds: Int64
    private var period: Int64
    private(set) var current: Key
    private(set) var previous: Key

    /// `lifetime`: at least a second.
    init(secret: [UInt8], lifetime: Duration, now: Int64) {
        self.secret = secret
        periodSeconds = max(1, lifetime.components.seconds)
        period = now / periodSeconds
        current = Self.derive(secret, period)
        previous = Self.derive(secret, period - 1)
    }

    /// Brings the keys up to date; `now` in Unix seconds.
    mutating func update(now: Int64) {
        let next = now / periodSeconds
        guard next != period else { return }
        previous = next == period + 1 ? current : Self.derive(secret, next - 1)
        current = Self.derive(secret, next)
        period = next
    }

    /// The key that a ticket names, if it is not too old.
    func key(named name: [UInt8]) -> Key? {
        if name == current.name { return current }
        return name == previous.name ? previous : nil
    }

    private static func derive(_ secret: [UInt8], _ period: Int64) -> Key {
        let info = Array("tally session ticket \(period)".utf8)
        var bytes = [UInt8](repeating: 0, count: nameByteCount + 2 * keyByteCount)
        // All three arrays outlive the call, which reads and writes exactly their counts.
        let succeeded = unsafe tally_derive(
            secret,
            secret.count,
            info,
            info.count,
            &bytes,
            bytes.count
        )
        precondition(succeeded == 1, "OpenSSL has no HKDF")
        return Key(
            name: Array(bytes[..<nameByteCount]),
            cipher: Array(bytes[nameByteCount...].prefix(keyByteCount)),
            authentication: Array(bytes[nameByteCount...].suffix(keyByteCount))
        )
    }
}
