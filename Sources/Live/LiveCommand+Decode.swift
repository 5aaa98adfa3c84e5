// SPDX-License-Identifier: Apache-2.0

package import ClientProtocol

extension LiveCommand {
    /// The RPC methods of live streams, as docs/protocol.md lists them.
    package enum Method: String, CaseIterable, Sendable {
        case start = "live.start"
        case update = "live.update"
        case stop = "live.stop"
        case get = "live.get"
        case list = "live.list"
        case mode = "live.mode"
        case sendComment = "comment.send"
        case deleteComment = "comment.delete"
        case timeoutUser = "user.timeout"
        case banUser = "user.ban"
        case unbanUser = "user.unban"
    }

    /// The command that an RPC asks for; `data` is its JSON text, empty for none.
    ///
    /// - Throws: error 104 for another method, 107 for data that does not fit, 406 and 411 for a
    ///   comment's text.
    package static func decode(
        method: String,
        data: [UInt8],
        limits: LiveLimits = LiveLimits()
    ) throws(ErrorReply) -> LiveCommand {
        guard let method = Method(rawValue: method) else { throw ErrorReply(.methodNotFound) }
        return try decode(method, CommandData(data.isEmpty ? Array("{}".utf8) : data), limits)
    }

    static func decode(
        _ method: Method,
        _ data: CommandData,
        _ limits: LiveLimits,
        keepsByDefault: Bool = false
    ) throws(ErrorReply) -> LiveCommand {
        switch method {
        case .start: return try start(data, limits, keepsByDefault: keepsByDefault)
        case .update: return try update(data, limits)
        case .stop: return try stop(data)
        case .get: return .get(stream: try data.stream())
        case .list: return try list(data, limits)
        case .mode: return try mode(data, limits)
        case .sendComment: return try comment(data, to: try data.stream(), limits)
        case .deleteComment: return try deleteComment(data)
        case .timeoutUser: return try timeout(data, limits)
        case .banUser:
            return .banUser(
                stream: try data.stream(),
                user: try user(data),
                reason: try reason(data)
            )
        case .unbanUser:
            return .unbanUser(
                stream: try data.stream(),
                user: try user(data),
                reason: try reason(data)
            )
        }
    }

    /// The comment that a `publish` of `data` to a stream's channel stands for.
    package static func decode(
        publishedTo stream: String,
        data: [UInt8],
        limits: LiveLimits = LiveLimits()
    ) throws(ErrorReply) -> LiveCommand {
        try comment(try CommandData(data), to: stream, limits)
    }

    private static func start(
        _ data: CommandData,
        _ limits: LiveLimits,
        keepsByDefault: Bool
    ) throws(ErrorReply) -> LiveCommand {
        .start(
            Start(
                stream: try data.stream(),
                title: try title(data, limits),
                meta: try meta(data, limits),
                keep: try data.bool("keep") ?? keepsByDefault,
                idempotencyKey: try idempotencyKey(data)
            )
        )
    }

    private static func update(
        _ data: CommandData,
        _ limits: LiveLimits
    ) throws(ErrorReply) -> LiveCommand {
        .update(
            Update(
                stream: try data.stream(),
                title: try title(data, limits),
                meta: try meta(data, limits)
            )
        )
    }

    private static func stop(_ data: CommandData) throws(ErrorReply) -> LiveCommand {
        .stop(
            Stop(
                stream: try data.stream(),
                reason: try reason(data),
                generation: try generation(data)
            )
        )
    }

    private static func list(
        _ data: CommandData,
        _ limits: LiveLimits
    ) throws(ErrorReply) -> LiveCommand {
        var state: StreamState?
        if let name = try data.optionalString("state") {
            state = StreamState(rawValue: name)
            guard state != nil else {
                let states = StreamState.allCases.map(\.rawValue).joined(separator: ", ")
                throw ErrorReply(.badRequest, "state must be one of \(states)")
            }
        }
        let limit = try data.integer("limit", in: 1...Int64(limits.maximumListLimit))
        return .list(
            List(
                state: state,
                cursor: try data.identifier("cursor", maximumByteCount: 64),
                limit: limit.map { Int($0) }
                    ?? min(LiveLimits.defaultListLimit, limits.maximumListLimit)
            )
        )
    }

    private static func mode(
        _ data: CommandData,
        _ limits: LiveLimits
    ) throws(ErrorReply) -> LiveCommand {
        .mode(
            Mode(
                stream: try data.stream(),
                slowSeconds: try data.integer("slow_seconds", in: 0...limits.maximumSlowSeconds)
            )
        )
    }

    private static func comment(
        _ data: CommandData,
        to stream: String,
        _ limits: LiveLimits
    ) throws(ErrorReply) -> LiveCommand {
        let text = try data.string("text")
        return .sendComment(
            SendComment(
                stream: stream,
                text: try CommentText.check(text, maximumCodePoints: limits.maximumCommentLength),
                replyTo: try data.identifier(
                    "reply_to",
                    maximumByteCount: LiveLimits.maximumCommentIDByteCount
                ),
                idempotencyKey: try idempotencyKey(data)
            )
        )
    }

    private static func deleteComment(_ data: CommandData) throws(ErrorReply) -> LiveCommand {
        .deleteComment(
            stream: try data.stream(),
            id: try data.requiredIdentifier(
                "id",
                maximumByteCount: LiveLimits.maximumCommentIDByteCount
            )
        )
    }

    private static func timeout(
        _ data: CommandData,
        _ limits: LiveLimits
    ) throws(ErrorReply) -> LiveCommand {
        guard let seconds = try data.integer("seconds", in: 1...limits.maximumTimeoutSeconds)
        else { throw ErrorReply(.badRequest, "seconds is missing") }
        return .timeoutUser(
            stream: try data.stream(),
            user: try user(data),
            seconds: seconds,
            reason: try reason(data)
        )
    }

    static func generation(_ data: CommandData) throws(ErrorReply) -> UInt64? {
        try data.integer("generation", in: 1...Int64.max).map(UInt64.init)
    }

    static func title(
        _ data: CommandData,
        _ limits: LiveLimits
    ) throws(ErrorReply) -> String? {
        try data.line("title", maximumCodePoints: limits.maximumTitleLength)
    }

    static func meta(
        _ data: CommandData,
        _ limits: LiveLimits
    ) throws(ErrorReply) -> [UInt8]? {
        try data.object("meta", maximumByteCount: limits.maximumMetaByteCount)
    }

    static func user(_ data: CommandData) throws(ErrorReply) -> String {
        try data.requiredIdentifier("user", maximumByteCount: LiveLimits.maximumUserByteCount)
    }

    static func reason(_ data: CommandData) throws(ErrorReply) -> String? {
        try data.line("reason", maximumCodePoints: LiveLimits.maximumReasonLength)
    }

    private static func idempotencyKey(_ data: CommandData) throws(ErrorReply) -> String? {
        try data.identifier(
            "idempotency_key",
            maximumByteCount: LiveLimits.maximumIdempotencyKeyByteCount
        )
    }
}
