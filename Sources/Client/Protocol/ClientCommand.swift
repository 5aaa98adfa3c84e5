// SPDX-License-Identifier: Apache-2.0

package import Channels
import JSON

/// What a client can ask, in the client protocol's JSON encoding.
///
/// Free data crosses as JSON text in bytes.
package enum ClientCommand: Hashable, Sendable {
    case connect(Connect)
    case subscribe(Subscribe)
    case unsubscribe(channel: String)
    case publish(channel: String, data: [UInt8])
    case history(channel: String, limit: Int, since: Position? = nil, reverse: Bool = false)
    case presence(channel: String)
    case presenceStats(channel: String)
    case ping
    case rpc(method: String, data: [UInt8])
    case refresh(token: String)
    case subscriptionRefresh(channel: String, token: String)

    package struct Connect: Hashable, Sendable {
        package var token: String = ""
        package var name: String = ""
        package var version: String = ""
        package var data: [UInt8] = []
        /// Where server-side subscriptions stand, to recover from.
        package var positions: [String: Position] = [:]

        package init() {}
    }

    package struct Subscribe: Hashable, Sendable {
        package var channel: String
        package var token: String = ""
        package var recover: Position?
        package var isPositioned: Bool = false
        package var isRecoverable: Bool = false
        package var wantsJoinLeave: Bool = false

        package init(channel: String) {
            self.channel = channel
        }
    }

    /// The command's line, without its newline.
    package func line(id: UInt32) -> [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.key("id")
        writer.integer(id)
        writer.key(methodName)
        writer.beginObject()
        writeFields(to: &writer)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private var methodName: String {
        switch self {
        case .connect: "connect"
        case .subscribe: "subscribe"
        case .unsubscribe: "unsubscribe"
        case .publish: "publish"
        case .history: "history"
        case .presence: "presence"
        case .presenceStats: "presence_stats"
        case .ping: "ping"
        case .rpc: "rpc"
        case .refresh: "refresh"
        case .subscriptionRefresh: "sub_refresh"
        }
    }

    private func writeFields(to writer: inout JSONWriter) {
        switch self {
        case .connect(let connect): connect.writeFields(to: &writer)
        case .subscribe(let subscribe): subscribe.writeFields(to: &writer)
        case .unsubscribe(let channel), .presence(let channel), .presenceStats(let channel):
            writer.member("channel", channel)
        case .publish(let channel, let data):
            writer.member("channel", channel)
            writer.key("data")
            writer.raw(data)
        case .history(let channel, let limit, let since, let reverse):
            writer.member("channel", channel)
            writer.key("limit")
            writer.integer(limit)
            if let since {
                writer.key("since")
                writer.beginObject()
                writer.position(since)
                writer.endObject()
            }
            writer.member("reverse", reverse)
        case .ping: break
        case .rpc(let method, let data):
            writer.member("method", method)
            if !data.isEmpty {
                writer.key("data")
                writer.raw(data)
            }
        case .refresh(let token): writer.member("token", token)
        case .subscriptionRefresh(let channel, let token):
            writer.member("channel", channel)
            writer.member("token", token)
        }
    }
}

extension ClientCommand.Connect {
    fileprivate func writeFields(to writer: inout JSONWriter) {
        writer.member("token", token)
        writer.member("name", name)
        writer.member("version", version)
        if !data.isEmpty {
            writer.key("data")
            writer.raw(data)
        }
        guard !positions.isEmpty else { return }
        writer.key("subs")
        writer.beginObject()
        for (channel, position) in positions.sorted(by: { $0.key < $1.key }) {
            writer.key(channel)
            writer.beginObject()
            writer.member("recover", true)
            writer.position(position)
            writer.endObject()
        }
        writer.endObject()
    }
}

extension ClientCommand.Subscribe {
    fileprivate func writeFields(to writer: inout JSONWriter) {
        writer.member("channel", channel)
        writer.member("token", token)
        writer.member("positioned", isPositioned)
        writer.member("recoverable", isRecoverable)
        writer.member("join_leave", wantsJoinLeave)
        if let recover {
            writer.member("recover", true)
            writer.position(recover)
        }
    }
}

extension JSONWriter {
    /// A text member; an empty one is left out, as the protocol's default.
    fileprivate mutating func member(_ name: String, _ text: String) {
        guard !text.isEmpty else { return }
        key(name)
        string(text)
    }

    fileprivate mutating func member(_ name: String, _ flag: Bool) {
        guard flag else { return }
        key(name)
        bool(true)
    }

    fileprivate mutating func position(_ position: Position) {
        member("epoch", position.epoch)
        key("offset")
        integer(position.offset)
    }
}
