// SPDX-License-Identifier: Apache-2.0

import Channels
package import Client
import JSON
import WebSocket

/// What a crowd of viewers connects to, and what each says first.
package struct LoadTarget {
    package enum Manner: String, CaseIterable, Sendable {
        /// Tally's client protocol: connect and subscribe in one message.
        case tally
        /// Any WebSocket server that sends every message to all: nothing is said.
        case raw
    }

    package var url: ServerURL
    package var manner: Manner
    /// Of Tally's alone.
    package var channel: String
    /// Every viewer's; empty: they are anonymous.
    package var token: String
    /// Whether viewers offer permessage-deflate (RFC 7692).
    package var isCompressed: Bool

    package init(
        url: ServerURL,
        manner: Manner,
        channel: String = "",
        token: String = "",
        isCompressed: Bool = false
    ) {
        self.url = url
        self.manner = manner
        self.channel = channel
        self.token = token
        self.isCompressed = isCompressed
    }

    /// What a viewer sends once its WebSocket is open, as a frame, masked by nothing: a load is no
    /// browser whose proxies need protection (RFC 6455 §10.3).
    func greeting(recovering position: Position?) -> [UInt8] {
        guard manner == .tally else { return [] }
        var connect = ClientCommand.Connect()
        connect.token = token
        connect.name = "tally-bench"
        var subscribe = ClientCommand.Subscribe(channel: channel)
        subscribe.isRecoverable = true
        subscribe.recover = position
        let message =
            ClientCommand.connect(connect).line(id: 1) + [UInt8(ascii: "\n")]
            + ClientCommand.subscribe(subscribe).line(id: 2)
        return FrameEncoder.encode(.text, message, maskingKey: 0)
    }
}

// MARK: As the loads' processes are told

extension LoadTarget {
    func writeMembers(to json: inout JSONWriter) {
        json.member("url", string: url.description)
        json.member("target", string: url.target)
        json.member("manner", string: manner.rawValue)
        json.member("channel", string: channel)
        json.member("token", string: token)
        json.member("is_compressed", bool: isCompressed)
    }

    init?(_ value: JSONValue) {
        guard let text = value["url"]?.string, let url = try? ServerURL(parsing: text),
            let target = value["target"]?.string,
            let manner = value["manner"]?.string.flatMap(Manner.init)
        else { return nil }
        self.init(
            url: ServerURL(address: url.address, target: target),
            manner: manner,
            channel: value["channel"]?.string ?? "",
            token: value["token"]?.string ?? "",
            isCompressed: value["is_compressed"]?.bool ?? false
        )
    }
}
