// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import JSON
import Journal
import Live
import Manifest

extension HubCore {
    /// Accepts a comment: checks it, gives it its place, records it and tells everyone.
    ///
    /// An interrupted stream takes comments: its viewers talk on while they wait.
    mutating func send(
        _ comment: LiveCommand.SendComment,
        by session: HubSession,
        isModerator: Bool
    ) throws(ErrorReply) -> [UInt8] {
        let info = session.identity.info
        let stream = try known(comment.stream)
        let key = idempotencyKey(comment.idempotencyKey, .sendComment, stream.id, session)
        if let key, let answer = state.answers[key] { return answer }
        try stream.lifecycle.requireRunning()
        try requireUnmuted(info.user, on: stream.id)
        let place = CommentPolicy.Place(stream: stream.id, author: Author(info))
        try policy.check(
            comment.text,
            at: place,
            slowSeconds: stream.slowSeconds,
            isModerator: isModerator,
            now: now
        )
        guard let channel = ChannelName(stream: stream.id) else {
            throw ErrorReply(.unknownStream)
        }
        if let replyTo = comment.replyTo {
            guard case .comment = entry(of: replyTo, on: channel.text)?.kind else {
                throw ErrorReply(.unknownComment)
            }
        }
        let kind = ChannelLog.Entry.Kind.comment(by: place.author, generation: stream.generation)
        // What who runs the show says arrives, however many others speak.
        let isHost =
            isModerator
            || session.identity.controlledStreams.contains { NamePattern.matches($0, stream.id) }
        let handling: PublicationHandling =
            isHost ? .message : .comment(by: session.id, info.client)
        let position = append(kind, on: channel.text, handling) { [now] position in
            let event = LiveEvent.comment(
                .init(
                    id: CommentID(position).text,
                    text: comment.text,
                    user: info.user,
                    name: comment.name ?? session.identity.name,
                    replyTo: comment.replyTo
                )
            )
            return event.publication(
                offset: position.offset,
                generation: stream.generation,
                at: now
            )
        }
        policy.note(comment.text, at: place, now: now)
        if let expiry = policy.nextExpiry { deadlines.schedule(.policy, at: expiry) }
        let answer = acknowledgement(of: position)
        remember(answer, for: key)
        return answer
    }

    /// Deletes a comment's text from history, for a moderator or its author, and tells everyone.
    ///
    /// Deleting it again changes nothing. A muted author may still delete.
    ///
    /// - Throws: error 409 for a comment that is not in history, 103 for another's comment.
    mutating func deleteComment(
        _ id: String,
        on streamID: String,
        by session: HubSession,
        isModerator: Bool
    ) throws(ErrorReply) -> [UInt8] {
        let stream = try known(streamID)
        guard let channel = ChannelName(stream: stream.id), let comment = CommentID(id),
            let entry = entry(of: id, on: channel.text)
        else { throw ErrorReply(.unknownComment) }
        let info = session.identity.info
        switch entry.kind {
        case .event:
            throw ErrorReply(.unknownComment)
        case .deletedComment:
            break
        case .comment(let author, let generation):
            guard isModerator || author == Author(info) else {
                throw ErrorReply(.permissionDenied)
            }
            let offset = comment.position.offset
            let tombstone = LiveEvent.deletedComment(id: id).publication(
                offset: offset,
                generation: generation,
                at: entry.at
            )
            record(
                .replaced(
                    channel: channel.text,
                    offset: offset,
                    .deletedComment,
                    json: tombstone
                )
            )
            if let subscribed = channels.channel(named: channel.text) {
                broadcast(
                    .replaced(
                        HubMessage.ChannelPublication(
                            channel: channel.text,
                            offset: offset,
                            json: tombstone
                        )
                    ),
                    to: subscribed.links
                )
            }
            publish(.commentDeleted(id: id, by: info.user), on: stream)
        }
        return Array("{}".utf8)
    }

    func idempotencyKey(
        _ key: String?,
        _ method: LiveCommand.Method,
        _ stream: String,
        _ session: HubSession
    ) -> IdempotencyKey? {
        key.map {
            IdempotencyKey(
                author: Author(session.identity.info),
                method: method,
                stream: stream,
                key: $0
            )
        }
    }

    mutating func remember(_ answer: [UInt8], for key: IdempotencyKey?) {
        guard let key else { return }
        record(.answered(key, result: answer, at: now))
        if let expiry = state.nextAnswerExpiry { deadlines.schedule(.answers, at: expiry) }
    }

    private func entry(of id: String, on channel: String) -> ChannelLog.Entry? {
        guard let comment = CommentID(id), let log = state.logs[channel],
            comment.position.epoch == log.epoch
        else { return nil }
        return log[comment.position.offset]
    }

    private func acknowledgement(of position: Position) -> [UInt8] {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.key("id")
        writer.string(CommentID(position).text)
        writer.key("offset")
        writer.integer(position.offset)
        writer.key("epoch")
        writer.string(position.epoch)
        writer.key("time")
        writer.integer(now.milliseconds)
        writer.endObject()
        return writer.bytes
    }
}
