// SPDX-License-Identifier: Apache-2.0

/// What the hooks that decide are about; `data` is what tally_plugin.h says of each.

/// A client that connects.
public struct Connecting: Sendable {
    /// What the client sent with it.
    public let data: JSON?
    /// Whether it had a token.
    public let hasToken: Bool
    /// The token's `caps`.
    public let caps: JSON?
}

/// What a plugin may make of a client that connects; what is nil stays as it is.
public struct ConnectReplacement: Sendable {
    /// Another user id.
    public var user: String?
    /// Another public profile.
    public var info: JSON?
    /// Other capabilities, as in a token.
    public var caps: JSON?
    /// For the connect reply.
    public var data: JSON?
    /// What it is subscribed to from the start.
    public var channels: [String]?

    /// A replacement of what is given.
    public init(
        user: String? = nil,
        info: JSON? = nil,
        caps: JSON? = nil,
        data: JSON? = nil,
        channels: [String]? = nil
    ) {
        self.user = user
        self.info = info
        self.caps = caps
        self.data = data
        self.channels = channels
    }
}

/// A subscription that is asked for.
public struct Subscribing: Sendable {
    /// What the client sent with it.
    public let data: JSON?
    /// Whether the client comes back and asks for what it missed.
    public let recovers: Bool
}

/// Title and meta data of a stream; what is nil was not given, or stays as it is.
public struct StreamDetails: Sendable {
    /// The title.
    public var title: String?
    /// Free JSON of the application's.
    public var meta: JSON?

    /// Details of what is given.
    public init(title: String? = nil, meta: JSON? = nil) {
        self.title = title
        self.meta = meta
    }
}

/// A stop that is asked for.
public struct Stopping: Sendable {
    /// Why, where the broadcaster said so.
    public let reason: String?
    /// The generation that is meant; nil: the present one.
    public let generation: Int64?
}

/// A comment that is sent.
public struct Comment: Sendable {
    /// What the comment says.
    public let text: String
    /// The id of the comment that it answers.
    public let replyTo: String?

    /// A comment, for tests.
    public init(text: String, replyTo: String? = nil) {
        self.text = text
        self.replyTo = replyTo
    }
}

/// A call of a method of the plugin's own.
public struct Method: Sendable {
    /// Without the plugin's name and the dot.
    public let name: String
    /// What the caller sent with it.
    public let data: JSON?

    /// A method call, for tests.
    public init(name: String, data: JSON? = nil) {
        self.name = name
        self.data = data
    }
}

extension Call where Content == Comment {
    /// What the comment says.
    public var text: String { content.text }
}

/// A call of ``ConnectHook``.
public typealias ConnectCall = Call<Connecting>
/// A call of ``SubscribeHook``.
public typealias SubscribeCall = Call<Subscribing>
/// Of a start, or an update.
public typealias LiveCall = Call<StreamDetails>
/// A call of ``LiveStopHook``.
public typealias LiveStopCall = Call<Stopping>
/// A call of ``CommentHook``.
public typealias CommentCall = Call<Comment>
/// Of a publication to a feed: the content is what is published.
public typealias PublishCall = Call<JSON>
/// A call of ``RPCHook``.
public typealias RPCCall = Call<Method>
/// A call of ``HTTPHook``.
public typealias HTTPCall = Call<HTTPRequest>
