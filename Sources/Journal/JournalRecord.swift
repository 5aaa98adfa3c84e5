// SPDX-License-Identifier: Apache-2.0

package import Channels
package import Live

/// One durable change of the hub's state: what the journal keeps.
///
/// Every record says what holds from now on, not what to do, so that applying one again changes
/// nothing. Applied in order to an empty state they rebuild it.
package enum JournalRecord: Hashable, Sendable {
    /// Where a channel's log stands, without what it holds.
    ///
    /// The hub does not make it: the journal says it of every channel that it kept.
    case channel(String, Position)
    /// A publication with a position; the first of an epoch opens the channel's log.
    case publication(channel: String, Position, ChannelLog.Entry)
    /// Another text took a publication's place.
    case replaced(channel: String, offset: UInt64, ChannelLog.Entry.Kind, json: [UInt8])
    /// The newest value of a feed that keeps no more than that.
    case latest(channel: String, LatestValue)
    /// The channel's log or newest value is gone, and its epoch with it.
    case channelDropped(String)
    case stream(LiveStream)
    /// The node forgets a stream to make room; its generation is never given again.
    case streamForgotten(String, generation: UInt64)
    /// What the audience of a running generation gained.
    case audience(stream: String, generation: UInt64, users: [UInt64], peak: Int)
    case muted(stream: String, user: String, Mute)
    case unmuted(stream: String, user: String)
    /// The answer to a request with an idempotency key.
    case answered(IdempotencyKey, result: [UInt8], at: Timestamp)
    /// The answer to a request that changed something, should its worker ask again.
    case requestAnswered(RequestKey, result: [UInt8], at: Timestamp)
    case stored(plugin: String, key: String, StoredValue)
    case unstored(plugin: String, key: String)
    /// Plugins are to be told.
    case noticed(PluginNotice)
    /// They were, or will not be.
    case noticeDone(String)
    /// Tokens are not believed any more; what held of the same target before is in it.
    case revoked(TokenRevocation)
}

/// What a plugin keeps under one key.
package struct StoredValue: Hashable, Sendable {
    /// Higher at every change of the plugin's store.
    package let version: UInt64
    package let at: Timestamp
    /// A JSON value.
    package let json: [UInt8]

    package init(version: UInt64, at: Timestamp, json: [UInt8]) {
        self.version = version
        self.at = at
        self.json = json
    }
}

/// The newest value of a feed that keeps no history.
package struct LatestValue: Hashable, Sendable {
    package let at: Timestamp
    /// A Publication as JSON text.
    package let json: [UInt8]

    package init(at: Timestamp, json: [UInt8]) {
        self.at = at
        self.json = json
    }
}

/// One request of one worker process, however many links it was sent over.
package struct RequestKey: Hashable, Sendable {
    /// Random, of the worker's process.
    package let incarnation: UInt64
    package let request: UInt64

    package init(incarnation: UInt64, request: UInt64) {
        self.incarnation = incarnation
        self.request = request
    }
}
