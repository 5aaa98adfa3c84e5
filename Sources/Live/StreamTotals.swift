// SPDX-License-Identifier: Apache-2.0

import Channels

/// One generation in figures, when it is over.
package struct StreamTotals: Hashable, Sendable {
    package let durationMilliseconds: Int64
    package let peakViewers: Int
    package let uniqueViewers: Int
    package let comments: UInt64

    /// Of a stream that has ended.
    package init(of stream: LiveStream) {
        if let started = stream.startedAt, let ended = stream.endedAt {
            durationMilliseconds = (ended - started).milliseconds
        } else {
            durationMilliseconds = 0
        }
        peakViewers = stream.finalPeakViewers
        uniqueViewers = stream.finalUniqueViewers
        comments = stream.commentCount
    }
}
