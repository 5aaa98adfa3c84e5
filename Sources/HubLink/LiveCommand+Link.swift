// SPDX-License-Identifier: Apache-2.0

package import Live

extension LiveCommand: LinkValue {
    enum Tag: UInt8 {
        case start = 1
        case update
        case stop
        case get
        case list
        case mode
        case sendComment
        case deleteComment
        case timeoutUser
        case banUser
        case unbanUser
        case interrupt
        case resume
        case cue
    }

    package func encode(into writer: inout LinkWriter) {
        switch self {
        case .start(let start):
            writer.write(Tag.start.rawValue)
            writer.write(start.stream)
            writer.write(start.title) { $0.write($1) }
            writer.write(start.meta) { $0.write($1) }
            writer.write(start.keep)
            writer.write(start.idempotencyKey) { $0.write($1) }
        case .update(let update):
            writer.write(Tag.update.rawValue)
            writer.write(update.stream)
            writer.write(update.title) { $0.write($1) }
            writer.write(update.meta) { $0.write($1) }
        case .stop(let stop):
            writer.write(Tag.stop.rawValue)
            writer.write(stop.stream)
            writer.write(stop.reason) { $0.write($1) }
            writer.write(stop.generation) { $0.write($1) }
        case .get(let stream):
            writer.write(Tag.get.rawValue)
            writer.write(stream)
        case .list(let list):
            writer.write(Tag.list.rawValue)
            writer.write(list.state?.rawValue) { $0.write($1) }
            writer.write(list.cursor) { $0.write($1) }
            writer.write(list.limit)
            writer.write(list.visibleStreams) { $0.write($1) }
        case .mode(let mode):
            writer.write(Tag.mode.rawValue)
            writer.write(mode.stream)
            writer.write(mode.slowSeconds) { $0.write($1) }
        case .sendComment, .deleteComment, .timeoutUser, .banUser, .unbanUser:
            encodeComment(into: &writer)
        case .interrupt, .resume, .cue:
            encodeMedia(into: &writer)
        }
    }

    private func encodeComment(into writer: inout LinkWriter) {
        switch self {
        case .sendComment(let comment):
            writer.write(Tag.sendComment.rawValue)
            writer.write(comment.stream)
            writer.write(comment.text)
            writer.write(comment.replyTo) { $0.write($1) }
            writer.write(comment.idempotencyKey) { $0.write($1) }
            writer.write(comment.name) { $0.write($1) }
        case .deleteComment(let stream, let id):
            writer.write(Tag.deleteComment.rawValue)
            writer.write(stream)
            writer.write(id)
        case .timeoutUser(let stream, let user, let seconds, let reason):
            writer.write(Tag.timeoutUser.rawValue)
            writer.write(stream)
            writer.write(user)
            writer.write(seconds)
            writer.write(reason) { $0.write($1) }
        case .banUser(let stream, let user, let reason):
            writer.write(Tag.banUser.rawValue)
            writer.write(stream)
            writer.write(user)
            writer.write(reason) { $0.write($1) }
        case .unbanUser(let stream, let user, let reason):
            writer.write(Tag.unbanUser.rawValue)
            writer.write(stream)
            writer.write(user)
            writer.write(reason) { $0.write($1) }
        case .start, .update, .stop, .get, .list, .mode, .interrupt, .resume, .cue:
            preconditionFailure("encode(into:) has others for these")
        }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let tag = try reader.unsigned(UInt8.self)
        guard let kind = Tag(rawValue: tag) else { throw .unknownTag(tag, in: "LiveCommand") }
        switch kind {
        case .start:
            self = .start(
                Start(
                    stream: try reader.string(),
                    title: try reader.optionalString(),
                    meta: try reader.optionalByteString(),
                    keep: try reader.bool(),
                    idempotencyKey: try reader.optionalString()
                )
            )
        case .update:
            self = .update(
                Update(
                    stream: try reader.string(),
                    title: try reader.optionalString(),
                    meta: try reader.optionalByteString()
                )
            )
        case .stop:
            self = .stop(
                Stop(
                    stream: try reader.string(),
                    reason: try reader.optionalString(),
                    generation: try reader.optionalUnsigned()
                )
            )
        case .get:
            self = .get(stream: try reader.string())
        case .list:
            self = .list(
                List(
                    state: try Self.state(&reader),
                    cursor: try reader.optionalString(),
                    limit: try reader.integer(),
                    visibleStreams: try reader.list { (reader) throws(LinkError) in
                        try reader.string()
                    }
                )
            )
        case .mode:
            self = .mode(
                Mode(
                    stream: try reader.string(),
                    slowSeconds: try reader.optional { (reader) throws(LinkError) in
                        try reader.signed()
                    }
                )
            )
        case .sendComment, .deleteComment, .timeoutUser, .banUser, .unbanUser:
            self = try Self.comment(kind, &reader)
        case .interrupt:
            self = .interrupt(try Media(from: &reader))
        case .resume:
            self = .resume(try Media(from: &reader))
        case .cue:
            self = .cue(try Cue(from: &reader))
        }
    }

    private static func comment(
        _ kind: Tag,
        _ reader: inout LinkReader
    ) throws(LinkError) -> LiveCommand {
        switch kind {
        case .sendComment:
            return .sendComment(
                SendComment(
                    stream: try reader.string(),
                    text: try reader.string(),
                    replyTo: try reader.optionalString(),
                    idempotencyKey: try reader.optionalString(),
                    name: try reader.optionalString()
                )
            )
        case .deleteComment:
            return .deleteComment(stream: try reader.string(), id: try reader.string())
        case .timeoutUser:
            return .timeoutUser(
                stream: try reader.string(),
                user: try reader.string(),
                seconds: try reader.signed(),
                reason: try reader.optionalString()
            )
        case .banUser:
            return .banUser(
                stream: try reader.string(),
                user: try reader.string(),
                reason: try reader.optionalString()
            )
        case .unbanUser:
            return .unbanUser(
                stream: try reader.string(),
                user: try reader.string(),
                reason: try reader.optionalString()
            )
        case .start, .update, .stop, .get, .list, .mode, .interrupt, .resume, .cue:
            preconditionFailure("init(from:) has others for these")
        }
    }

    private static func state(_ reader: inout LinkReader) throws(LinkError) -> StreamState? {
        guard let name = try reader.optionalString() else { return nil }
        guard let state = StreamState(rawValue: name) else {
            throw .unknownTag(0, in: "StreamState")
        }
        return state
    }
}

extension LinkReader {
    package mutating func optionalString() throws(LinkError) -> String? {
        try optional { (reader) throws(LinkError) in try reader.string() }
    }

    package mutating func optionalByteString() throws(LinkError) -> [UInt8]? {
        try optional { (reader) throws(LinkError) in try reader.byteString() }
    }
}
