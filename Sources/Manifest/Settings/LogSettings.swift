// SPDX-License-Identifier: Apache-2.0

/// What goes to standard error.
package struct LogSettings: Hashable, Sendable {
    /// The least severe line that is written; the names are swift-log's.
    package enum Level: String, CaseIterable, Sendable {
        case trace
        case debug
        case info
        case notice
        case warning
        case error
        case critical
    }

    package var level: Level = .info

    package init() {}
}
