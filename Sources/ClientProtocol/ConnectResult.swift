// SPDX-License-Identifier: Apache-2.0

package import Channels

/// What `connect` answers.
package struct ConnectResult: Sendable {
    package struct Subscription: Hashable, Sendable {
        package let channel: String
        package let result: SubscribeResult

        package init(channel: String, result: SubscribeResult) {
            self.channel = channel
            self.result = result
        }
    }

    package var client: ClientID
    package var version: String
    /// Seconds until the token expires; nil when it never does.
    package var timeToLive: Int64?
    /// JSON text; empty when there is none.
    package var data: [UInt8] = []
    /// Server-side subscriptions.
    package var subscriptions: [Subscription] = []
    /// Seconds between the server's pings; 0 when it sends none.
    package var pingInterval: Int64
    /// Whether the client is to answer pings.
    package var expectsPong: Bool
    package var session: String
    package var node: String
    package var time: Timestamp

    package init(
        client: ClientID,
        version: String,
        pingInterval: Int64,
        expectsPong: Bool,
        session: String,
        node: String,
        time: Timestamp
    ) {
        self.client = client
        self.version = version
        self.pingInterval = pingInterval
        self.expectsPong = expectsPong
        self.session = session
        self.node = node
        self.time = time
    }
}
