// SPDX-License-Identifier: Apache-2.0

/// One call of a hook: whom and what it concerns, and what it is about.
///
/// It is a copy: keep it as long as you like, on any thread.
public struct Call<Content: Sendable>: Sendable {
    /// Names this call until it is answered; never 0, never used again by this process.
    public var ticket: UInt64 = 0
    /// The client's connection on this worker; 0 where no client is concerned.
    public var session: UInt64 = 0
    /// When it was made, in Unix milliseconds.
    public var time: Int64 = 0
    /// When the manifest's `on_timeout` answers for an asynchronous hook, in Unix milliseconds.
    public var deadline: Int64 = 0
    /// The client's user id; empty: anonymous, or no client.
    public var user = ""
    /// The client id that other clients see; empty: no client.
    public var client = ""
    /// The profile's name; empty when there is none.
    public var name = ""
    /// The client's address without its port; empty: no client.
    public var address = ""
    /// The token's `info`.
    public var info: JSON?
    /// Empty where no channel is concerned.
    public var channel = ""
    /// The stream of a `live:` channel; else empty.
    public var stream = ""
    /// What the client may do on the channel.
    public var permissions: Permissions = []
    /// What the hook is about.
    public var content: Content

    /// A call of nobody, for tests.
    public init(_ content: Content) {
        self.content = content
    }
}

/// What a client may do on a channel.
public struct Permissions: OptionSet, Hashable, Sendable {
    /// The bits `TALLY_MAY_...` of tally_plugin.h.
    public let rawValue: UInt32

    /// Permissions from the bits of tally_plugin.h.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// See it.
    public static let subscribe = Permissions(rawValue: 1 << 0)
    /// Publish or comment.
    public static let publish = Permissions(rawValue: 1 << 1)
    /// Read its history.
    public static let readHistory = Permissions(rawValue: 1 << 2)
    /// See who is there.
    public static let readPresence = Permissions(rawValue: 1 << 3)
    /// Start, update and stop the stream.
    public static let control = Permissions(rawValue: 1 << 4)
    /// Delete comments, mute users.
    public static let moderate = Permissions(rawValue: 1 << 5)
}
