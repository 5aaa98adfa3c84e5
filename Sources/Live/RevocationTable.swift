// SPDX-License-Identifier: Apache-2.0

package import Channels

/// The revocations that hold: the hub's list of a node, and each worker's copy of it.
package struct RevocationTable: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        var issuedBefore: Int64
        var until: Timestamp
    }

    private var entries: [TokenRevocation.Target: Entry] = [:]

    package init() {}

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }

    package var all: [TokenRevocation] {
        entries.map { target, entry in
            TokenRevocation(target: target, issuedBefore: entry.issuedBefore, until: entry.until)
        }
    }

    package func contains(_ target: TokenRevocation.Target) -> Bool { entries[target] != nil }

    /// The revocation together with what holds of its target already: it never gives a token back.
    package func merged(_ revocation: TokenRevocation) -> TokenRevocation {
        guard let held = entries[revocation.target] else { return revocation }
        return TokenRevocation(
            target: revocation.target,
            issuedBefore: max(held.issuedBefore, revocation.issuedBefore),
            until: max(held.until, revocation.until)
        )
    }

    package mutating func add(_ revocation: TokenRevocation) {
        let merged = merged(revocation)
        entries[merged.target] = Entry(issuedBefore: merged.issuedBefore, until: merged.until)
    }

    /// Whether a token is not to be believed: its `jti`, its `sub` (empty for none) and its `iat` in Unix
    /// seconds; a token that does not say when it was issued is as old as any.
    package func covers(
        id: String?,
        user: String,
        issuedAt: Int64?,
        now: Timestamp
    ) -> Bool {
        guard !entries.isEmpty else { return false }
        if let id, holds(.token(id), issuedAt, now) { return true }
        if !user.isEmpty, holds(.user(user), issuedAt, now) { return true }
        return holds(.everyone, issuedAt, now)
    }

    private func holds(
        _ target: TokenRevocation.Target,
        _ issuedAt: Int64?,
        _ now: Timestamp
    ) -> Bool {
        guard let entry = entries[target], now < entry.until else { return false }
        return issuedAt.map { $0 < entry.issuedBefore } ?? true
    }

    package mutating func expire(now: Timestamp) {
        entries = entries.filter { now < $0.value.until }
    }

    /// When the next one ends; looks at every one.
    package var nextExpiry: Timestamp? { entries.values.map(\.until).min() }
}
