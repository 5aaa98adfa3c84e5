// SPDX-License-Identifier: Apache-2.0

/// What the notifications are about; `data` is what tally_plugin.h says of each.

/// A subscription that was made.
public struct Subscribed: Sendable {
    /// Whether the client got all that it had missed; nil: it did not ask.
    public let recovered: Bool?
}

/// A subscription or a connection that ended.
public struct Ended: Sendable {
    /// As in the unsubscribe push, 0 when the client asked or left; of the close frame, 1006 when
    /// there was none.
    public let code: Int64
}

/// A comment that was acknowledged.
public struct Commented: Sendable {
    /// The comment's id.
    public let id: String
    /// What it says.
    public let text: String
    /// Its place in the channel.
    public let offset: Int64
    /// What the offset counts in.
    public let epoch: String
    /// Unix milliseconds.
    public let time: Int64
}

/// A change of a stream's life, told once per node.
public struct LiveEvent: Sendable {
    /// The same when it is told again, because a worker died while it was seeing to it.
    public let id: String
    /// `live.started`, `live.updated` or `live.resumed`; `live.interrupted` or `live.stopped`.
    public let event: String
    /// Why it was stopped, where somebody said so.
    public let reason: String?
    /// As in the reply to `live.get`.
    public let snapshot: JSON
}

/// How many see a stream.
public struct Viewers: Sendable {
    /// The connections that watch now.
    public let viewers: Int64
    /// The distinct users of this generation so far.
    public let uniqueViewers: Int64
    /// The most that watched at once.
    public let peakViewers: Int64
}

/// A call of ``SubscribedHook``.
public typealias SubscribedCall = Call<Subscribed>
/// A call of ``UnsubscribedHook`` or ``DisconnectedHook``.
public typealias EndedCall = Call<Ended>
/// A call of ``CommentedHook``.
public typealias CommentedCall = Call<Commented>
/// A call of ``StartedHook`` or ``StoppedHook``.
public typealias LiveEventCall = Call<LiveEvent>
/// A call of ``ViewersHook``.
public typealias ViewersCall = Call<Viewers>
