// SPDX-License-Identifier: Apache-2.0

package import Channels
package import ClientProtocol

/// The life cycle of one stream: offline → live ⇄ interrupted → offline.
///
///             start                 broadcaster gone
///     offline ─────► live ─────────────────────────► interrupted
///        ▲            │ ▲       broadcaster back          │
///        │            │ └─────────────────────────────────┤
///        └────────────┴───────────────────────────────────┘
///              stop                   stop, grace over
///
/// Every start has a higher generation. A stream that keeps alive is not interrupted by its
/// broadcaster's going; any is while its media is gone, which is said apart: then both must be back.
package struct StreamLifecycle: Hashable, Sendable {
    package private(set) var state: StreamState = .offline
    /// 0 before the first start.
    package private(set) var generation: UInt64 = 0
    /// Whether it lives on without a broadcaster's connection.
    package private(set) var keepsAlive = false
    /// nil unless it is interrupted.
    package private(set) var interruptedAt: Timestamp?
    /// Whether it was said that the media of the running generation is gone.
    package private(set) var mediaIsGone = false

    package init() {}

    /// As it was recorded.
    package init(
        state: StreamState,
        generation: UInt64,
        keepsAlive: Bool,
        interruptedAt: Timestamp?,
        mediaIsGone: Bool = false
    ) {
        self.state = state
        self.generation = generation
        self.keepsAlive = keepsAlive
        self.interruptedAt = interruptedAt
        self.mediaIsGone = mediaIsGone
    }

    package var isRunning: Bool { state != .offline }

    /// Begins a generation above every earlier one and above `floor`, the highest that the node
    /// has forgotten.
    ///
    /// - Throws: error 401 when it is live or interrupted.
    package mutating func start(keepsAlive: Bool, above floor: UInt64) throws(ErrorReply) {
        guard state == .offline else { throw ErrorReply(.streamAlreadyLive) }
        generation = max(generation, floor) + 1
        state = .live
        self.keepsAlive = keepsAlive
    }

    /// Ends the generation `wanted`, or the running one when that is nil.
    ///
    /// - Throws: error 400 when it is offline, 408 when another generation runs.
    package mutating func stop(generation wanted: UInt64?) throws(ErrorReply) {
        try requireRunning(generation: wanted)
        end()
    }

    /// - Throws: error 400 when it is offline.
    package func requireRunning() throws(ErrorReply) {
        guard isRunning else { throw ErrorReply(.streamNotLive) }
    }

    /// - Throws: error 400 when it is offline, 408 when another generation than `wanted` runs.
    package func requireRunning(generation wanted: UInt64?) throws(ErrorReply) {
        try requireRunning()
        guard wanted == nil || wanted == generation else {
            throw ErrorReply(.staleGeneration, "generation \(generation) is running")
        }
    }

    /// The media of a running stream is gone; answers whether that interrupts it.
    package mutating func mediaGone(at now: Timestamp) -> Bool {
        mediaIsGone = true
        guard state == .live else { return false }
        state = .interrupted
        interruptedAt = now
        return true
    }

    /// The media of a running stream is back; answers whether that resumes it.
    package mutating func mediaBack(isControlled: Bool) -> Bool {
        mediaIsGone = false
        guard keepsAlive || isControlled else { return false }
        return broadcasterBack()
    }

    /// No broadcaster's connection is left; answers whether that interrupts the stream.
    package mutating func broadcasterGone(at now: Timestamp) -> Bool {
        guard state == .live, !keepsAlive else { return false }
        state = .interrupted
        interruptedAt = now
        return true
    }

    /// A broadcaster's connection is there; answers whether that resumes the stream.
    package mutating func broadcasterBack() -> Bool {
        guard state == .interrupted, !mediaIsGone else { return false }
        state = .live
        interruptedAt = nil
        return true
    }

    /// When an interrupted stream is to be stopped; nil for any other.
    package func graceEnds(after period: Duration) -> Timestamp? {
        interruptedAt.map { $0 + period }
    }

    /// Ends an interrupted stream whose grace period is over; answers whether it did.
    package mutating func graceOver(after period: Duration, now: Timestamp) -> Bool {
        guard let end = graceEnds(after: period), end <= now else { return false }
        self.end()
        return true
    }

    private mutating func end() {
        state = .offline
        interruptedAt = nil
        keepsAlive = false
        mediaIsGone = false
    }
}
