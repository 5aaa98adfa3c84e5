// SPDX-License-Identifier: Apache-2.0

/// The limits of the hub and of the links between it and the workers.
package struct HubSettings: Hashable, Sendable {
    /// Channels with subscribers or history, else error 106.
    package var maximumChannels: Int = 100_000
    /// Bytes of publications kept per channel; the oldest make room.
    package var maximumHistoryByteCount: Int = 8 * 1024 * 1024
    /// Most publications in one answer to `history` or a recovery.
    package var maximumHistoryLimit: Int = 1_000
    /// One message between hub and worker.
    package var maximumLinkMessageByteCount: Int = 16 * 1024 * 1024
    /// Bytes that wait on a link, then the worker is cut off and starts over.
    package var maximumUnsentByteCount: Int = 64 * 1024 * 1024
    /// How long a worker waits for the hub's answer, else error 410.
    package var requestTimeout: Duration = .seconds(5)
    /// Bytes of answers to the queries of one worker's clients in a second, else error 111; four times as
    /// many at once.
    package var queryByteRate: Int = 8 * 1024 * 1024

    package init() {}
}
