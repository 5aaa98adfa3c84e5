// SPDX-License-Identifier: Apache-2.0

package import Channels
package import JSON

extension JSONWriter {
    mutating func error(_ error: ErrorReply) {
        beginObject()
        member("code", integer: error.code)
        member("message", string: error.message)
        if error.isTemporary { member("temporary", bool: true) }
        if let delay = error.retryAfterMilliseconds {
            member("retry_after_ms", integer: delay)
        }
        endObject()
    }

    mutating func fields(of result: ConnectResult) {
        member("client", string: result.client.description)
        member("version", string: result.version)
        expiry(result.timeToLive)
        if !result.data.isEmpty { member("data", raw: result.data) }
        if !result.subscriptions.isEmpty {
            key("subs")
            beginObject()
            for subscription in result.subscriptions {
                key(subscription.channel)
                beginObject()
                fields(of: subscription.result)
                endObject()
            }
            endObject()
        }
        if result.pingInterval > 0 {
            member("ping", integer: result.pingInterval)
            if result.expectsPong { member("pong", bool: true) }
        }
        member("session", string: result.session)
        member("node", string: result.node)
        member("time", integer: result.time.milliseconds)
    }

    mutating func fields(of result: SubscribeResult) {
        expiry(result.timeToLive)
        member("recoverable", bool: result.isRecoverable)
        member("positioned", bool: result.isPositioned)
        fields(of: result.position)
        if let recovered = result.recovered {
            member("was_recovering", bool: true)
            member("recovered", bool: recovered)
        }
        if !result.publications.isEmpty { publications(result.publications) }
        if !result.data.isEmpty { member("data", raw: result.data) }
    }

    mutating func fields(of position: Position) {
        member("epoch", string: position.epoch)
        member("offset", integer: position.offset)
    }

    mutating func publications(_ publications: [[UInt8]]) {
        key("publications")
        beginArray()
        for publication in publications { raw(publication) }
        endArray()
    }

    /// Nothing for a token that never expires.
    mutating func expiry(_ timeToLive: Int64?) {
        guard let timeToLive else { return }
        member("expires", bool: true)
        // SDKs set a timer by it: a lapsed token must still be refreshed, by a positive one.
        member("ttl", integer: max(1, timeToLive))
    }

    package mutating func clientInfo(_ info: ClientInfo, channelInfo: [UInt8] = []) {
        beginObject()
        member("user", string: info.user)
        member("client", string: info.client.description)
        if !info.connectionInfo.isEmpty { member("conn_info", raw: info.connectionInfo) }
        if !channelInfo.isEmpty { member("chan_info", raw: channelInfo) }
        endObject()
    }
}
