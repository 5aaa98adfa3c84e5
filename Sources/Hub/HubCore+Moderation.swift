// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import JSON
import Journal
import Live
import Manifest

extension HubCore {
    /// - Throws: error 403 for a muted user, with the rest of a timeout.
    func requireUnmuted(_ user: String, on stream: String) throws(ErrorReply) {
        guard !user.isEmpty, let mute = state.mutes[stream]?.mute(of: user, now: now) else {
            return
        }
        switch mute {
        case .ban:
            throw ErrorReply(.muted, "banned from this stream")
        case .timeout(let until):
            throw ErrorReply(.muted, retryAfterMilliseconds: (until - now).milliseconds)
        }
    }

    /// Mutes a user for a while; a later timeout replaces an earlier, a ban stays a ban.
    mutating func timeOut(
        _ user: String,
        on streamID: String,
        seconds: Int64,
        reason: String?,
        by moderator: String
    ) throws(ErrorReply) -> [UInt8] {
        let stream = try known(streamID)
        if state.mutes[stream.id]?.mute(of: user, now: now) == .ban { return Self.nothing }
        let until = now + .seconds(seconds)
        try mute(user, .timeout(until: until), on: stream)
        deadlines.schedule(.mutes(stream: stream.id), at: until)
        publish(
            .userTimeout(user: user, seconds: seconds, reason: reason, by: moderator),
            on: stream
        )
        return Self.nothing
    }

    /// Mutes a user until `user.unban`.
    mutating func ban(
        _ user: String,
        on streamID: String,
        reason: String?,
        by moderator: String
    ) throws(ErrorReply) -> [UInt8] {
        let stream = try known(streamID)
        if state.mutes[stream.id]?.mute(of: user, now: now) == .ban { return Self.nothing }
        try mute(user, .ban, on: stream)
        publish(.userBan(user: user, reason: reason, by: moderator), on: stream)
        return Self.nothing
    }

    /// Lifts a ban or a timeout; nothing happens where there is none.
    mutating func unban(
        _ user: String,
        on streamID: String,
        reason: String?,
        by moderator: String
    ) throws(ErrorReply) -> [UInt8] {
        let stream = try known(streamID)
        guard state.mutes[stream.id]?.mute(of: user, now: now) != nil else { return Self.nothing }
        record(.unmuted(stream: stream.id, user: user))
        publish(.userUnban(user: user, reason: reason, by: moderator), on: stream)
        return Self.nothing
    }

    /// Ends every connection that the user has, on every worker.
    ///
    /// The workers are told before whoever asked is answered, except of that very connection.
    mutating func disconnect(
        _ command: UserDisconnect,
        for slot: SessionSlot,
        _ request: RequestID,
        _ link: LinkID
    ) {
        let concerned = sessions.sessions(of: command.user)
        let asker = sessions[slot]?.id
        for session in concerned where session.id != asker || session.link != link {
            end(session, command)
        }
        var writer = JSONWriter(capacity: 32)
        writer.beginObject()
        writer.key("connections")
        writer.integer(concerned.count)
        writer.endObject()
        send(.reply(request, .success(.result(json: writer.bytes))), to: link)
        for session in concerned where session.id == asker && session.link == link {
            end(session, command)
        }
    }

    private mutating func end(_ session: HubSession, _ command: UserDisconnect) {
        send(
            .disconnect(
                session.id,
                code: Disconnect.forceDisconnect.rawValue,
                reason: command.reason
            ),
            to: session.link
        )
    }

    static var nothing: [UInt8] { Array("{}".utf8) }

    private mutating func mute(
        _ user: String,
        _ mute: Mute,
        on stream: LiveStream
    ) throws(ErrorReply) {
        let most = options.comments.maximumMutedUsers
        if let table = state.mutes[stream.id], table.count >= most,
            table.mute(of: user, now: now) == nil
        {
            _ = state.expireMutes(of: stream.id, now: now)
            guard state.mutes[stream.id]?.count ?? 0 < most else {
                throw ErrorReply(.limitExceeded, "too many muted users")
            }
        }
        record(.muted(stream: stream.id, user: user, mute))
    }
}
