// SPDX-License-Identifier: Apache-2.0

package import Channels

/// Unix time that never goes backwards and never stands still.
///
/// The wall clock may be set: forward is followed at once, back is not; instead the hub's time
/// passes at half speed until the wall has caught up, so that timers still come due and no later
/// event is dated before an earlier one.
package struct HubClock: Sendable {
    private var lastMonotonic: Int64
    private var last: Int64

    /// Both in milliseconds; `monotonic` since any moment.
    package init(monotonic: Int64, wall: Int64) {
        lastMonotonic = monotonic
        last = wall
    }

    package mutating func read(monotonic: Int64, wall: Int64) -> Timestamp {
        if wall >= last {
            last = wall
            lastMonotonic = max(lastMonotonic, monotonic)
        } else {
            let step = max(0, monotonic - lastMonotonic) / 2
            last = max(wall, last + step)
            lastMonotonic += 2 * step
        }
        return Timestamp(milliseconds: last)
    }
}
