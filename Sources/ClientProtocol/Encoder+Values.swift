// SPDX-License-Identifier: Apache-2.0

package import Channels
import JSON

extension Encoder {
    /// A Publication: `data` and `info` are JSON text; `offset` 0 is one that is not in history.
    package static func publication(
        data: [UInt8],
        offset: UInt64 = 0,
        info: [UInt8] = [],
        time: Timestamp? = nil
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: data.count + info.count + 64)
        writer.beginObject()
        writer.member("data", raw: data)
        if offset > 0 { writer.member("offset", integer: offset) }
        if !info.isEmpty { writer.member("info", raw: info) }
        if let time { writer.member("time", integer: time.milliseconds) }
        writer.endObject()
        return writer.bytes
    }

    /// A ClientInfo: who published, joined, left or is present.
    ///
    /// `channelInfo`: JSON text; empty when there is none.
    package static func clientInfo(_ info: ClientInfo, channelInfo: [UInt8] = []) -> [UInt8] {
        var writer = JSONWriter(capacity: info.connectionInfo.count + channelInfo.count + 96)
        writer.clientInfo(info, channelInfo: channelInfo)
        return writer.bytes
    }

    /// The map of a presence reply: client id → ClientInfo as JSON text.
    package static func presence(_ clients: [(client: ClientID, info: [UInt8])]) -> [UInt8] {
        let byteCount = clients.reduce(0) { $0 + $1.info.count + 40 }
        var writer = JSONWriter(capacity: byteCount + 2)
        writer.beginObject()
        for (client, info) in clients { writer.member(client.description, raw: info) }
        writer.endObject()
        return writer.bytes
    }

    /// The error object alone, as replies carry it.
    package static func error(_ error: ErrorReply) -> [UInt8] {
        var writer = JSONWriter(capacity: 64)
        writer.error(error)
        return writer.bytes
    }
}
