// SPDX-License-Identifier: Apache-2.0

package import ClientProtocol
package import JSON

/// One line from the server, decoded.
package enum ServerMessage {
    /// The answer to the command of that id: its result object, or why it was refused.
    case reply(id: UInt32, Result<JSONValue, ErrorReply>)
    case push(channel: String, Push)
    /// `{}`.
    case ping

    package enum Push {
        case publication(Publication)
        case join(JSONValue)
        case leave(JSONValue)
        case unsubscribe(code: UInt32, reason: String)
        case subscribe(SubscribeResult)
        case message(JSONValue)
        case disconnect(code: UInt16, reason: String)
        /// Of a kind that this client does not know.
        case other
    }

    /// Why a line is not of the protocol.
    package enum Malformation: Error, Hashable, Sendable {
        case json(JSONError)
        case notAnObject
        case unknownShape
    }

    /// Most bytes and levels that a server's line may have: a full recovery fits many times.
    package static let limits = JSONLimits(maximumByteCount: 32 << 20, maximumDepth: 64)

    package static func decode(_ line: [UInt8]) throws(Malformation) -> ServerMessage {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(line, limits: limits)
        } catch {
            throw .json(error)
        }
        guard value.isObject else { throw .notAnObject }
        if let push = value["push"] {
            return .push(channel: push["channel"]?.string ?? "", Push(push))
        }
        if let id = value["id"]?.integer.flatMap({ UInt32(exactly: $0) }), id > 0 {
            if let error = value["error"] { return .reply(id: id, .failure(ErrorReply(error))) }
            let result = value.members.first { $0.key != "id" }?.value
            return .reply(id: id, .success(result ?? value))
        }
        guard value.count == 0 else { throw .unknownShape }
        return .ping
    }
}

extension ServerMessage.Push {
    fileprivate init(_ push: JSONValue) {
        if let publication = push["pub"] {
            self = .publication(Publication(publication))
        } else if let info = push["join"]?["info"] {
            self = .join(info)
        } else if let info = push["leave"]?["info"] {
            self = .leave(info)
        } else if let unsubscribe = push["unsubscribe"] {
            self = .unsubscribe(
                code: unsubscribe["code"]?.integer.flatMap { UInt32(exactly: $0) } ?? 0,
                reason: unsubscribe["reason"]?.string ?? ""
            )
        } else if let subscribe = push["subscribe"] {
            self = .subscribe(SubscribeResult(subscribe))
        } else if let message = push["message"] {
            self = .message(message["data"] ?? message)
        } else if let disconnect = push["disconnect"] {
            self = .disconnect(
                code: disconnect["code"]?.integer.flatMap { UInt16(exactly: $0) } ?? 0,
                reason: disconnect["reason"]?.string ?? ""
            )
        } else {
            self = .other
        }
    }
}

extension ErrorReply {
    fileprivate init(_ error: JSONValue) {
        self.init(
            code: error["code"]?.integer.flatMap { UInt32(exactly: $0) } ?? 0,
            message: error["message"]?.string ?? "",
            isTemporary: error["temporary"]?.bool ?? false,
            retryAfterMilliseconds: error["retry_after_ms"]?.integer
        )
    }
}
