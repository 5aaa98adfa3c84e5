// SPDX-License-Identifier: Apache-2.0

/// What happens on a stream's channel, as `pub.data` tells it; docs/protocol.md has the table.
package enum LiveEvent: Hashable, Sendable {
    case started(title: String, meta: [UInt8])
    case updated(title: String, meta: [UInt8])
    case interrupted
    case resumed
    case stopped(reason: String?, totals: StreamTotals)
    case mode(slowSeconds: Int64)
    case comment(Comment)
    /// The tombstone that takes a deleted comment's place in history.
    case deletedComment(id: String)
    /// The news that a comment was deleted; `by` is empty for an anonymous author.
    case commentDeleted(id: String, by: String)
    case userTimeout(user: String, seconds: Int64, reason: String?, by: String)
    case userBan(user: String, reason: String?, by: String)
    case userUnban(user: String, reason: String?, by: String)
    /// `data`: a JSON value; empty for none.
    case cue(name: String, data: [UInt8])
    /// Not in history: only the newest matters.
    case viewers(ViewerFigures)

    package struct Comment: Hashable, Sendable {
        package var id: String
        package var text: String
        /// Empty for an anonymous author.
        package var user: String
        package var name: String
        package var replyTo: String?

        package init(id: String, text: String, user: String, name: String, replyTo: String?) {
            self.id = id
            self.text = text
            self.user = user
            self.name = name
            self.replyTo = replyTo
        }
    }

    /// The event's `type`.
    package var type: String {
        switch self {
        case .started: "live.started"
        case .updated: "live.updated"
        case .interrupted: "live.interrupted"
        case .resumed: "live.resumed"
        case .stopped: "live.stopped"
        case .mode: "mode"
        case .comment, .deletedComment: "comment"
        case .commentDeleted: "comment.deleted"
        case .userTimeout: "user.timeout"
        case .userBan: "user.ban"
        case .userUnban: "user.unban"
        case .cue: "cue"
        case .viewers: "viewers"
        }
    }
}
