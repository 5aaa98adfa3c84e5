// SPDX-License-Identifier: Apache-2.0

package import Channels
import JSON

/// Builds what the server sends: replies, pushes and their parts, as compact JSON text.
///
/// JSON values that are passed in must be JSON text without a raw newline, since a newline ends
/// an object on the wire.
package enum Encoder {
    /// The server's ping, which is also the client's pong.
    package static let ping = Array("{}".utf8)

    package static func errorReply(id: UInt32, _ error: ErrorReply) -> [UInt8] {
        var writer = JSONWriter(capacity: 80)
        writer.beginObject()
        writer.member("id", integer: id)
        writer.key("error")
        writer.error(error)
        writer.endObject()
        return writer.bytes
    }

    /// An error alone, for who asked over HTTP.
    package static func errorBody(_ error: ErrorReply) -> [UInt8] {
        var writer = JSONWriter(capacity: 80)
        writer.beginObject()
        writer.key("error")
        writer.error(error)
        writer.endObject()
        return writer.bytes
    }

    /// A subscription's result alone, for who asked over HTTP.
    package static func subscribeResult(_ result: SubscribeResult) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.fields(of: result)
        writer.endObject()
        return writer.bytes
    }

    /// The reply of a method whose result has no fields.
    package static func emptyReply(id: UInt32, _ method: Method) -> [UInt8] {
        reply(id: id, method) { _ in }
    }

    package static func connectReply(id: UInt32, _ result: ConnectResult) -> [UInt8] {
        reply(id: id, .connect) { $0.fields(of: result) }
    }

    package static func subscribeReply(id: UInt32, _ result: SubscribeResult) -> [UInt8] {
        reply(id: id, .subscribe) { $0.fields(of: result) }
    }

    /// `publications`: each a Publication as JSON text, in the order asked for.
    package static func historyReply(
        id: UInt32,
        publications: [[UInt8]],
        position: Position
    ) -> [UInt8] {
        let byteCount = publications.reduce(0) { $0 + $1.count + 1 }
        return reply(id: id, .history, capacity: byteCount) { writer in
            writer.publications(publications)
            writer.fields(of: position)
        }
    }

    /// `presence`: the JSON object that `presence(_:)` builds.
    package static func presenceReply(id: UInt32, presence: [UInt8]) -> [UInt8] {
        reply(id: id, .presence, capacity: presence.count) { writer in
            writer.member("presence", raw: presence)
        }
    }

    package static func presenceStatsReply(id: UInt32, clients: Int, users: Int) -> [UInt8] {
        reply(id: id, .presenceStats) { writer in
            writer.member("num_clients", integer: clients)
            writer.member("num_users", integer: users)
        }
    }

    /// `data`: the result as JSON text; empty when there is none.
    package static func rpcReply(id: UInt32, data: [UInt8]) -> [UInt8] {
        reply(id: id, .rpc, capacity: data.count) { writer in
            if !data.isEmpty { writer.member("data", raw: data) }
        }
    }

    /// `timeToLive`: seconds until the new token expires; nil when it never does.
    package static func refreshReply(
        id: UInt32,
        client: ClientID,
        version: String,
        timeToLive: Int64?
    ) -> [UInt8] {
        reply(id: id, .refresh) { writer in
            writer.member("client", string: client.description)
            writer.member("version", string: version)
            writer.expiry(timeToLive)
        }
    }

    package static func subRefreshReply(id: UInt32, timeToLive: Int64?) -> [UInt8] {
        reply(id: id, .subRefresh) { $0.expiry(timeToLive) }
    }

    /// `{"id":id,"<method>":{...}}`: the method's key is there even when nothing is in it.
    private static func reply(
        id: UInt32,
        _ method: Method,
        capacity: Int = 0,
        _ fields: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: capacity + 96)
        writer.beginObject()
        writer.member("id", integer: id)
        writer.key(method.rawValue)
        writer.beginObject()
        fields(&writer)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
