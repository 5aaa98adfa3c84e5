// SPDX-License-Identifier: Apache-2.0

/// Who watches a stream, in numbers.
package struct ViewerFigures: Hashable, Sendable {
    /// Connections subscribed to the stream's channel now, on all workers.
    package var viewers: Int
    /// Distinct users of this generation so far.
    package var uniqueViewers: Int
    /// The generation's highest `viewers`.
    package var peakViewers: Int

    package init(viewers: Int, uniqueViewers: Int, peakViewers: Int) {
        self.viewers = viewers
        self.uniqueViewers = uniqueViewers
        self.peakViewers = peakViewers
    }
}
