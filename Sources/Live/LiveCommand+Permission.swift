// SPDX-License-Identifier: Apache-2.0

package import Channels

extension LiveCommand {
    /// The stream that the command is about; nil for `live.list`.
    package var stream: String? {
        switch self {
        case .start(let start): start.stream
        case .update(let update): update.stream
        case .stop(let stop): stop.stream
        case .get(let stream): stream
        case .list: nil
        case .mode(let mode): mode.stream
        case .sendComment(let comment): comment.stream
        case .deleteComment(let stream, _): stream
        case .timeoutUser(let stream, _, _, _): stream
        case .banUser(let stream, _, _), .unbanUser(let stream, _, _): stream
        case .interrupt(let media), .resume(let media): media.stream
        case .cue(let cue): cue.stream
        }
    }

    /// What a session must hold on the stream's channel; for `live.list`, on every stream's.
    ///
    /// `comment.delete` asks for no more than seeing: the hub refuses whoever is neither the
    /// comment's author nor a moderator.
    package var requiredPermission: Permissions {
        switch self {
        case .start, .update, .stop, .interrupt, .resume, .cue: .control
        case .get, .list, .deleteComment: .subscribe
        case .sendComment: .publish
        case .mode, .timeoutUser, .banUser, .unbanUser: .moderate
        }
    }
}
