// SPDX-License-Identifier: Apache-2.0

/// Where a reader stands in a channel: the offset of the last publication it has, within an epoch.
///
/// Offsets of one epoch rise by one from 1; 0 is the position before the first publication. The
/// epoch changes only when history is really lost, so a position of another epoch cannot be
/// continued.
package struct Position: Hashable, Sendable {
    package let epoch: String
    package let offset: UInt64

    package init(epoch: String, offset: UInt64) {
        self.epoch = epoch
        self.offset = offset
    }
}
