// SPDX-License-Identifier: Apache-2.0

package import Channels

/// One thing that a client asks for.
///
/// JSON values (`data`) are compact JSON text as the client wrote it, without a raw newline; an
/// optional one that was not sent is empty.
package struct Command: Hashable, Sendable {
    package enum Body: Hashable, Sendable {
        case connect(ConnectRequest)
        case subscribe(SubscribeRequest)
        case unsubscribe(channel: String)
        case publish(channel: String, data: [UInt8])
        case presence(channel: String)
        case presenceStats(channel: String)
        case history(HistoryRequest)
        case ping
        case send(data: [UInt8])
        case rpc(method: String, data: [UInt8])
        case refresh(token: String)
        case subRefresh(channel: String, token: String)
        /// `{}`: the answer to the server's ping.
        case pong
        /// A method that this version does not know: error 104.
        case unknown
    }

    /// From 1; 0 for the pong and for a `send` without one.
    package let id: UInt32
    package let body: Body

    package init(id: UInt32, body: Body) {
        self.id = id
        self.body = body
    }
}

package struct ConnectRequest: Hashable, Sendable {
    package var token: String?
    package var data: [UInt8] = []
    /// The SDK's name and version, for logs.
    package var name: String = ""
    package var version: String = ""
    /// Server-side subscriptions to recover: each with `recover` set.
    package var subscriptions: [SubscribeRequest] = []

    package init() {}
}

package struct SubscribeRequest: Hashable, Sendable {
    package var channel: String
    package var token: String?
    /// The position to recover from; nil when the client does not recover.
    ///
    /// An empty epoch is a client that never had one.
    package var recover: Position?
    package var wantsPosition: Bool = false
    package var wantsRecovery: Bool = false
    package var wantsJoinLeave: Bool = false
    /// Whether to refuse with error 112 what cannot be recovered (`flag` 2).
    package var rejectsUnrecovered: Bool = false
    package var data: [UInt8] = []

    package init(channel: String) {
        self.channel = channel
    }
}

package struct HistoryRequest: Hashable, Sendable {
    package var channel: String
    /// Most publications wanted; 0 asks for the position alone.
    ///
    /// A negative number on the wire asks for all and is `Int(Int32.max)` here: clamp it.
    package var limit: Int = 0
    package var since: Position?
    package var reverse: Bool = false

    package init(channel: String) {
        self.channel = channel
    }
}
