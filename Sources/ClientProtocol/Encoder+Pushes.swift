// SPDX-License-Identifier: Apache-2.0

import JSON

extension Encoder {
    /// `publication`: a Publication as JSON text, the same bytes for every subscriber.
    package static func publicationPush(channel: String, publication: [UInt8]) -> [UInt8] {
        push(.publication, channel: channel, raw: publication)
    }

    /// `info`: a ClientInfo as JSON text.
    package static func joinPush(channel: String, info: [UInt8]) -> [UInt8] {
        push(.join, channel: channel, capacity: info.count) { $0.member("info", raw: info) }
    }

    package static func leavePush(channel: String, info: [UInt8]) -> [UInt8] {
        push(.leave, channel: channel, capacity: info.count) { $0.member("info", raw: info) }
    }

    package static func unsubscribePush(channel: String, _ cause: Unsubscribe) -> [UInt8] {
        unsubscribePush(channel: channel, code: cause.rawValue, reason: cause.reason)
    }

    package static func unsubscribePush(
        channel: String,
        code: UInt32,
        reason: String
    ) -> [UInt8] {
        push(.unsubscribe, channel: channel) { writer in
            writer.member("code", integer: code)
            writer.member("reason", string: reason)
        }
    }

    /// A subscription that the server makes on a live connection.
    package static func subscribePush(channel: String, _ result: SubscribeResult) -> [UInt8] {
        push(.subscribe, channel: channel) { $0.fields(of: result) }
    }

    /// `data`: JSON text for this one connection.
    package static func messagePush(data: [UInt8]) -> [UInt8] {
        push(.message, channel: nil, capacity: data.count) { $0.member("data", raw: data) }
    }

    package static func connectPush(_ result: ConnectResult) -> [UInt8] {
        push(.connect, channel: nil) { $0.fields(of: result) }
    }

    /// For transports that cannot close with a code.
    ///
    /// `reason`: in place of the code's own, unless nil.
    package static func disconnectPush(_ cause: Disconnect, reason: String? = nil) -> [UInt8] {
        push(.disconnect, channel: nil) { writer in
            writer.member("code", integer: cause.rawValue)
            writer.member("reason", string: reason ?? cause.reason)
            writer.member("reconnect", bool: cause.clientReconnects)
        }
    }

    /// The connection's token was replaced from the server's side.
    package static func refreshPush(timeToLive: Int64?) -> [UInt8] {
        push(.refresh, channel: nil) { $0.expiry(timeToLive) }
    }

    private static func push(
        _ kind: Push,
        channel: String?,
        capacity: Int = 0,
        _ fields: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = begin(kind, channel: channel, capacity: capacity + 64)
        writer.beginObject()
        fields(&writer)
        writer.endObject()
        return end(&writer)
    }

    private static func push(_ kind: Push, channel: String, raw: [UInt8]) -> [UInt8] {
        var writer = begin(kind, channel: channel, capacity: raw.count)
        writer.raw(raw)
        return end(&writer)
    }

    /// Writes up to the push's value.
    private static func begin(_ kind: Push, channel: String?, capacity: Int) -> JSONWriter {
        var writer = JSONWriter(capacity: capacity + (channel?.utf8.count ?? 0) + 48)
        writer.beginObject()
        writer.key("push")
        writer.beginObject()
        if let channel { writer.member("channel", string: channel) }
        writer.key(kind.rawValue)
        return writer
    }

    private static func end(_ writer: inout JSONWriter) -> [UInt8] {
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
