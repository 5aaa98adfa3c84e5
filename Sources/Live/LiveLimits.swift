// SPDX-License-Identifier: Apache-2.0

/// What a live command may ask at most; the manifest's live and comments sections set most of it.
package struct LiveLimits: Hashable, Sendable {
    /// Code points of a comment after trimming.
    package var maximumCommentLength = 500
    /// Code points of a title after trimming.
    package var maximumTitleLength = 200
    /// Bytes of `meta` as compact JSON.
    package var maximumMetaByteCount = 4 * 1024
    package var maximumSlowSeconds: Int64 = 3_600
    package var maximumTimeoutSeconds: Int64 = 14 * 24 * 3_600
    /// Snapshots on one page of `live.list`.
    package var maximumListLimit = 100

    package init() {}

    /// Snapshots on a page when the client does not say.
    package static let defaultListLimit = 50
    /// Code points of a reason: a line that people read.
    package static let maximumReasonLength = 200
    /// Bytes of an idempotency key: room for a UUID with a prefix.
    package static let maximumIdempotencyKeyByteCount = 64
    /// Bytes of a user id in a command, as in a token.
    package static let maximumUserByteCount = 255
    /// Bytes of a comment's id: an epoch, a dash and a 64-bit offset have 29.
    package static let maximumCommentIDByteCount = 32
    /// Bytes of a cue's name, which machines compare.
    package static let maximumCueNameByteCount = 64
    /// Bytes of a cue's data as compact JSON: every viewer gets it.
    package static let maximumCueByteCount = 16 * 1024
    /// Code points of the name beside a plugin's comment.
    package static let maximumNameLength = 64
    /// Bytes of a command's data: a comment of four-byte characters, all escaped, or a full `meta`.
    package static let maximumDataByteCount = 64 * 1024
    /// Nesting of a command's data, `meta` included.
    package static let maximumDataDepth = 16
}
