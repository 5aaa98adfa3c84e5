// SPDX-License-Identifier: Apache-2.0

/// What the journal keeps, and how safely.
package struct JournalSettings: Hashable, Sendable {
    /// What an acknowledged event survives.
    package enum Sync: String, CaseIterable, Sendable {
        case process
        case power
    }

    package var sync: Sync = .process
    /// Events kept for each stream, beyond what clients can read.
    package var retentionCount: Int = 100_000
    package var retentionLifetime: Duration = .seconds(30 * 24 * 3_600)
    package var retentionByteCount: Int = 64 << 20

    package init() {}
}
