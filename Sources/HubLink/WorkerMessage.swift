// SPDX-License-Identifier: Apache-2.0

package import Channels
package import Live

/// A session, unique on its worker for the worker's whole life.
package struct SessionID: Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// Matches a reply to its request; unique on its worker for the worker's whole life.
package struct RequestID: Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// What a worker tells the hub, in the order in which it happened.
package enum WorkerMessage: Hashable, Sendable {
    /// The first message on every link.
    case hello(Hello)
    /// A client was let in. Comes before every request of its session, and again on a new link.
    case attach(SessionID, SessionIdentity)
    /// The client is gone; its subscriptions end with it.
    case detach(SessionID)
    /// The session was let go of this channel without a request of its own.
    case unsubscribed(SessionID, channel: String)
    /// On a new link: the channels that have subscribers here, where each of them stands, and who
    /// is subscribed, so that a new hub knows them and can say which positions are lost.
    case resume(Resumption)
    case request(RequestID, SessionID, HubRequest)
    /// The session's token was refreshed: another profile, or other streams that it controls.
    case identified(SessionID, SessionIdentity)
    /// Whether the worker takes notices, where a successor on the same link does otherwise than its
    /// predecessor said in `hello`.
    case takesNotices(Bool)
    /// Every plugin here has seen the notice.
    case noticeSeen(String)

    package struct Hello: Hashable, Sendable {
        package let worker: Int
        package let pid: Int32
        /// Random, of the worker's process: with a request's id it names that request for good, so
        /// that one that is sent again over a new link is known again.
        package let incarnation: UInt64
        /// Whether it has plugins, and tells them what happens once on the node.
        package let takesNotices: Bool

        package init(
            worker: Int,
            pid: Int32,
            incarnation: UInt64 = 0,
            takesNotices: Bool = false
        ) {
            self.worker = worker
            self.pid = pid
            self.incarnation = incarnation
            self.takesNotices = takesNotices
        }
    }

    package struct Resumption: Hashable, Sendable {
        package let channel: String
        /// The newest position that this worker has handed to its subscribers; nil without history.
        package let position: Position?
        package let subscribers: [Subscriber]

        package init(channel: String, position: Position?, subscribers: [Subscriber]) {
            self.channel = channel
            self.position = position
            self.subscribers = subscribers
        }
    }

    package struct Subscriber: Hashable, Sendable {
        package let session: SessionID
        package let channelInfo: [UInt8]

        package init(session: SessionID, channelInfo: [UInt8] = []) {
            self.session = session
            self.channelInfo = channelInfo
        }
    }
}

/// What the hub knows of a session.
package struct SessionIdentity: Hashable, Sendable {
    package let info: ClientInfo
    /// The profile's `name`, shown beside comments; empty when there is none.
    package let name: String
    /// Stream ids that the session may control, as exact ids and as patterns with `*`.
    package let controlledStreams: [String]
    /// Whether it counts as a viewer, and others see it as present: not who only asks now and then.
    package let isViewer: Bool

    package init(
        info: ClientInfo,
        name: String,
        controlledStreams: [String],
        isViewer: Bool = true
    ) {
        self.info = info
        self.name = name
        self.controlledStreams = controlledStreams
        self.isViewer = isViewer
    }
}

extension SessionIdentity {
    /// A plugin's: the same on every worker and after every start.
    package static func plugin(_ name: String) -> SessionIdentity {
        SessionIdentity(
            info: ClientInfo(
                user: "plugin:" + name,
                client: ClientID(high: 0, low: 0),
                connectionInfo: []
            ),
            name: name,
            controlledStreams: []
        )
    }
}

/// What a session asks of the hub; the worker has checked that it may.
package enum HubRequest: Hashable, Sendable {
    case subscribe(Subscribe)
    case unsubscribe(channel: String)
    /// To a feed: one JSON value. Comments go as `live`.
    case publish(channel: String, data: [UInt8], wantsPosition: Bool = false)
    case history(History)
    case presence(channel: String)
    case presenceStats(channel: String)
    /// `moderator`: whether the session may moderate the command's stream.
    case live(LiveCommand, moderator: Bool)
    case disconnectUser(UserDisconnect)
    case revokeTokens(RevocationCommand)
    /// Of one plugin's own store.
    case store(plugin: String, StoreCommand)

    /// What a plugin's command is, of a hub.
    package init(_ command: HostCommand, of plugin: String) {
        self =
            switch command {
            case .live(let command): .live(command, moderator: true)
            case .disconnectUser(let command): .disconnectUser(command)
            case .publish(let channel, let data):
                .publish(channel: channel, data: data, wantsPosition: true)
            case .store(let command): .store(plugin: plugin, command)
            }
    }

    package init(_ command: OperatorCommand) {
        self =
            switch command {
            case .disconnectUser(let command): .disconnectUser(command)
            case .revokeTokens(let command): .revokeTokens(command)
            }
    }

    package struct Subscribe: Hashable, Sendable {
        package var channel: String
        /// The position to recover from; nil when the client does not recover.
        package var recover: Position?
        package var wantsPosition: Bool
        package var wantsRecovery: Bool

        package init(
            channel: String,
            recover: Position?,
            wantsPosition: Bool,
            wantsRecovery: Bool
        ) {
            self.channel = channel
            self.recover = recover
            self.wantsPosition = wantsPosition
            self.wantsRecovery = wantsRecovery
        }
    }

    package struct History: Hashable, Sendable {
        package var channel: String
        /// Most publications wanted; 0 asks for the position alone.
        package var limit: Int
        /// Publications after this offset (before it, in reverse).
        package var since: Position?
        package var reverse: Bool

        package init(channel: String, limit: Int, since: Position?, reverse: Bool) {
            self.channel = channel
            self.limit = limit
            self.since = since
            self.reverse = reverse
        }
    }
}
