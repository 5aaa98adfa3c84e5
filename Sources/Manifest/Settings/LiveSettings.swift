// SPDX-License-Identifier: Apache-2.0

/// The rules and limits of live streams.
package struct LiveSettings: Hashable, Sendable {
    /// How long a stream without a broadcaster connection is `interrupted` before it is stopped.
    package var gracePeriod: Duration = .seconds(30)
    /// The least time between two `viewers` events of a stream.
    package var viewersInterval: Duration = .seconds(1)
    /// Streams that the node knows, live or not, else error 106.
    package var maximumStreams: Int = 10_000
    /// Unicode code points of a title.
    package var maximumTitleLength: Int = 200
    /// Bytes of a stream's `meta` as compact JSON.
    package var maximumMetaByteCount: Int = 4 * 1024
    /// Most events kept of a stream's channel.
    package var historySize: Int = 1_000
    /// How long an event is kept.
    package var historyLifetime: Duration = .seconds(24 * 3600)
    /// How long an idempotency key answers as the first time.
    package var idempotencyWindow: Duration = .seconds(300)
    /// Idempotency keys that the node remembers; the oldest make room.
    package var maximumIdempotencyKeys: Int = 100_000
    /// Most snapshots on one page of `live.list`.
    package var maximumListLimit: Int = 100

    package init() {}
}
