// SPDX-License-Identifier: Apache-2.0

/// Names the frames of which only the newest matters: one that waits is replaced, not followed.
package struct ConflationKey: Hashable, Sendable {
    private let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}
