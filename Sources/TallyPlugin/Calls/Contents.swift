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
    public var user: String?
    public var info: JSON?
    public var caps: JSON?
    /// For the connect reply.
    public var data: JSON?
    /// What it is subscribed to from the start.
    public var channels: [String]?

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
    public let data: JSON?
    /// Whether the client comes back and asks for what it missed.
    public let recovers: Bool
}

/// Title and meta data of a stream; what is nil was not given, or stays as it is.
public struct StreamDetails: Sendable {
    public var title: String?
    public var meta: JSON?

    public init(title: String? = nil, meta: JSON? = nil) {
        self.title = title
        self.meta = meta
    }
}

/// A stop that is asked for.
public struct Stopping: Sendable {
    public let reason: String?
    /// The generation that is meant; nil: the present one.
    public let generation: Int64?
}

/// A comment that is sent.
public struct Comment: Sendable {
    public let text: String
    /// The id of the comment that it answers.
    public let replyTo: String?

    public init(text: String, replyTo: String? = nil) {
        self.text = text
        self.replyTo = replyTo
    }
}

/// A call of a method of the plugin's own.
public struct Method: Sendable {
    /// Without the plugin's name and the dot.
    public let name: String
    public let data: JSON?

    public init(name: String, data: JSON? = nil) {
        self.name = name
        self.data = data
    }
}

extension Call where Content == Comment {
    public var text: String { content.text }
}

public typealias ConnectCall = Call<Connecting>
public typealias SubscribeCall = Call<Subscribing>
/// Of a start, or an update.
public typealias LiveCall = Call<StreamDetails>
public typealias LiveStopCall = Call<Stopping>
public typealias CommentCall = Call<Comment>
/// Of a publication to a feed: the content is what is published.
public typealias PublishCall = Call<JSON>
public typealias RPCCall = Call<Method>
public typealias HTTPCall = Call<HTTPRequest>
