// SPDX-License-Identifier: Apache-2.0

/// How many connections each identified user has on this worker.
struct UserTable {
    private var counts: [String: UInt32] = [:]

    /// 0 for the anonymous, who are nobody's in particular: their addresses are counted instead.
    func count(of user: String) -> Int {
        user.isEmpty ? 0 : Int(counts[user] ?? 0)
    }

    mutating func enter(_ user: String) {
        guard !user.isEmpty else { return }
        counts[user, default: 0] += 1
    }

    mutating func leave(_ user: String) {
        guard let count = counts[user] else { return }
        counts[user] = count > 1 ? count - 1 : nil
    }
}
