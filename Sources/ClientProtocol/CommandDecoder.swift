// SPDX-License-Identifier: Apache-2.0

package import JSON

/// Reads one line of a client's frame as a command.
package enum CommandDecoder {
    /// Decodes `{"id":1,"<method>":{...}}`, or the pong `{}`.
    ///
    /// - Throws: `CommandError`, with the command's id where one could be read.
    package static func decode(
        _ line: Span<UInt8>,
        limits: JSONLimits
    ) throws(CommandError) -> Command {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONValue.parse(line, limits: limits)
        } catch {
            throw CommandError(id: idBesideLimit(error, line: line), .malformed(error))
        }
        guard root.isObject else { throw CommandError(id: nil, .notAnObject) }
        if root.count == 0 { return Command(id: 0, body: .pong) }

        let id = try readID(root)
        guard let (method, value) = try readMethod(root, id: id) else {
            guard id != 0 else { throw CommandError(id: nil, .invalidID) }
            return Command(id: id, body: .unknown)
        }
        guard id != 0 || !method.hasReply else { throw CommandError(id: nil, .invalidID) }
        let fields = CommandFields(object: value, id: id, method: method)
        guard value.isObject else { throw fields.failure(.fieldsAreNoObject(method)) }
        return Command(id: id, body: try body(fields, line: line))
    }

    package static func decode(
        _ line: [UInt8],
        limits: JSONLimits
    ) throws(CommandError) -> Command {
        try decode(line.span, limits: limits)
    }

    /// The id of a line that may be JSON but is beyond a limit, so that its sender can be told.
    private static func idBesideLimit(_ error: JSONError, line: Span<UInt8>) -> UInt32? {
        guard error.reason == .tooDeep || error.reason == .numberOutOfRange,
            let range = JSONText.member("id", of: 0..<line.count, in: line)
        else { return nil }
        let limits = JSONLimits(maximumByteCount: 10, maximumDepth: 0)
        let value = try? JSONValue.parse(line.extracting(range), limits: limits)
        return value?.integer.flatMap { UInt32(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The command's id, 0 where it has none.
    private static func readID(_ root: JSONValue) throws(CommandError) -> UInt32 {
        guard let value = root["id"] else { return 0 }
        guard let number = value.integer, let id = UInt32(exactly: number), id > 0 else {
            throw CommandError(id: nil, .invalidID)
        }
        return id
    }

    /// The one method of the command; nil where it has only keys that this version does not know.
    private static func readMethod(
        _ root: JSONValue,
        id: UInt32
    ) throws(CommandError) -> (Method, JSONValue)? {
        var found: (Method, JSONValue)?
        var hasOtherKey = false
        for (key, value) in root.members where key != "id" {
            guard let method = Method(rawValue: key) else {
                hasOtherKey = true
                continue
            }
            guard found == nil else {
                throw CommandError(id: id == 0 ? nil : id, .severalMethods)
            }
            found = (method, value)
        }
        if found == nil, !hasOtherKey { throw CommandError(id: id, .noMethod) }
        return found
    }

    private static func body(
        _ fields: CommandFields,
        line: Span<UInt8>
    ) throws(CommandError) -> Command.Body {
        switch fields.method {
        case .connect: .connect(try connect(fields, line: line))
        case .subscribe: .subscribe(try subscribe(fields, line: line))
        case .unsubscribe: .unsubscribe(channel: try fields.channel())
        case .publish:
            .publish(channel: try fields.channel(), data: try requiredData(fields, line: line))
        case .presence: .presence(channel: try fields.channel())
        case .presenceStats: .presenceStats(channel: try fields.channel())
        case .history: .history(try history(fields))
        case .ping: .ping
        case .send: .send(data: try requiredData(fields, line: line))
        case .rpc:
            .rpc(
                method: try fields.requiredString(
                    "method",
                    maximumByteCount: FieldLimit.rpcMethod
                ),
                data: data(fields, line: line)
            )
        case .refresh: .refresh(token: try fields.requiredString("token"))
        case .subRefresh:
            .subRefresh(
                channel: try fields.channel(),
                token: try fields.requiredString("token")
            )
        }
    }

    private static func connect(
        _ fields: CommandFields,
        line: Span<UInt8>
    ) throws(CommandError) -> ConnectRequest {
        var request = ConnectRequest()
        request.token = try fields.token()
        request.data = data(fields, line: line)
        request.name =
            try fields.string("name", maximumByteCount: FieldLimit.clientName) ?? ""
        request.version =
            try fields.string("version", maximumByteCount: FieldLimit.clientName) ?? ""
        guard let subscriptions = try fields.object("subs") else { return request }
        guard subscriptions.object.count <= FieldLimit.connectSubscriptions else {
            throw fields.failure(.tooLong(.connect, field: "subs"))
        }
        for (channel, value) in subscriptions.object.members {
            guard value.isObject else {
                throw fields.failure(.wrongType(.connect, field: "subs"))
            }
            guard (1...FieldLimit.channel).contains(channel.utf8.count) else {
                throw fields.failure(.outOfRange(.connect, field: "subs"))
            }
            let inner = CommandFields(object: value, id: fields.id, method: .connect)
            var subscription = SubscribeRequest(channel: channel)
            if try inner.bool("recover") { subscription.recover = try inner.position() }
            request.subscriptions.append(subscription)
        }
        return request
    }

    private static func subscribe(
        _ fields: CommandFields,
        line: Span<UInt8>
    ) throws(CommandError) -> SubscribeRequest {
        var request = SubscribeRequest(channel: try fields.channel())
        request.token = try fields.token()
        // Read even when unused, so that a wrong type never passes.
        let position = try fields.position()
        if try fields.bool("recover") { request.recover = position }
        request.wantsPosition = try fields.bool("positioned")
        request.wantsRecovery = try fields.bool("recoverable")
        request.wantsJoinLeave = try fields.bool("join_leave")
        // Bit 0, channel compaction, is an offer that the server may ignore.
        let flag = try fields.integer("flag", in: 0...Int64.max) ?? 0
        request.rejectsUnrecovered = flag & 2 != 0
        request.data = data(fields, line: line)
        return request
    }

    private static func history(_ fields: CommandFields) throws(CommandError) -> HistoryRequest {
        var request = HistoryRequest(channel: try fields.channel())
        let range = Int64(Int32.min)...Int64(Int32.max)
        let limit = try fields.integer("limit", in: range) ?? 0
        request.limit = Int(limit < 0 ? range.upperBound : limit)
        request.since = try fields.object("since")?.position()
        request.reverse = try fields.bool("reverse")
        return request
    }

    /// The text of `data` as it was sent, without white space between its tokens.
    private static func data(_ fields: CommandFields, line: Span<UInt8>) -> [UInt8] {
        guard fields.object["data"] != nil,
            let range = JSONText.value(at: fields.method.rawValue, "data", in: line)
        else { return [] }
        return JSONText.compact(line, range)
    }

    private static func requiredData(
        _ fields: CommandFields,
        line: Span<UInt8>
    ) throws(CommandError) -> [UInt8] {
        let data = data(fields, line: line)
        if data.isEmpty { throw fields.failure(.missing(fields.method, field: "data")) }
        return data
    }
}
