// SPDX-License-Identifier: Apache-2.0

package import ClientProtocol
import JSON

/// A command as plugins see it, and as they change it.
extension LiveCommand {
    /// What the command's hook is told, as JSON text.
    package var hookData: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        switch self {
        case .start(let start):
            Self.write(start.title, start.meta, into: &writer)
        case .update(let update):
            Self.write(update.title, update.meta, into: &writer)
        case .stop(let stop):
            writer.optionalMember("reason", stop.reason)
            if let generation = stop.generation { writer.member("generation", generation) }
        case .sendComment(let comment):
            writer.member("text", comment.text)
            writer.optionalMember("reply_to", comment.replyTo)
        case .get, .list, .mode, .deleteComment, .timeoutUser, .banUser, .unbanUser, .interrupt,
            .resume, .cue:
            break
        }
        writer.endObject()
        return writer.bytes
    }

    /// The command with a hook's `data` in the place of what was asked, within the same limits.
    ///
    /// - Throws: error 107 for data that does not fit, 406 and 411 for a comment's text.
    package func replaced(
        by data: [UInt8],
        limits: LiveLimits
    ) throws(ErrorReply) -> LiveCommand {
        let data = try CommandData(data)
        switch self {
        case .start(var start):
            start.title = try Self.title(data, limits)
            start.meta = try Self.meta(data, limits)
            return .start(start)
        case .update(var update):
            update.title = try Self.title(data, limits)
            update.meta = try Self.meta(data, limits)
            return .update(update)
        case .stop(var stop):
            stop.reason = try Self.reason(data)
            return .stop(stop)
        case .sendComment(var comment):
            comment.text = try CommentText.check(
                try data.string("text"),
                maximumCodePoints: limits.maximumCommentLength
            )
            return .sendComment(comment)
        case .get, .list, .mode, .deleteComment, .timeoutUser, .banUser, .unbanUser, .interrupt,
            .resume, .cue:
            return self
        }
    }

    private static func write(_ title: String?, _ meta: [UInt8]?, into writer: inout JSONWriter) {
        writer.optionalMember("title", title)
        if let meta {
            writer.key("meta")
            writer.raw(meta)
        }
    }
}
