// SPDX-License-Identifier: Apache-2.0

/// What a stream's event says, as some client saw it; shared by all who saw the same bytes.
package final class Content: Sendable {
    /// The event's JSON text: two contents are the same when these are.
    package let json: String
    package let type: String
    package let generation: Int64
    /// Unix milliseconds on the hub's clock.
    package let at: Int64
    /// A comment's text, which no other comment of a run has; empty for other events.
    package let text: String
    /// Who wrote the comment, or who was muted.
    package let user: String
    /// The comment's id, in comments, tombstones and `comment.deleted`.
    package let comment: String
    /// A timeout's length.
    package let seconds: Int64
    /// Whether this is what is left of a deleted comment.
    package let isTombstone: Bool

    package init(
        json: String,
        type: String,
        generation: Int64,
        at: Int64,
        text: String = "",
        user: String = "",
        comment: String = "",
        seconds: Int64 = 0,
        isTombstone: Bool = false
    ) {
        self.json = json
        self.type = type
        self.generation = generation
        self.at = at
        self.text = text
        self.user = user
        self.comment = comment
        self.seconds = seconds
        self.isTombstone = isTombstone
    }
}
