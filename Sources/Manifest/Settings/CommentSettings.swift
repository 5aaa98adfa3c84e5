// SPDX-License-Identifier: Apache-2.0

/// The rules and limits of comments.
package struct CommentSettings: Hashable, Sendable {
    /// Unicode code points of a comment after trimming, else error 406.
    package var maximumLength: Int = 500
    /// Comments per user within `rateInterval`, else error 111; moderators are exempt.
    package var rate: Int = 3
    package var rateInterval: Duration = .seconds(2)
    /// The same text of the same user within it is error 407; zero allows repeats.
    package var duplicateWindow: Duration = .seconds(30)
    /// The longest slow mode that `live.mode` may set.
    package var maximumSlowMode: Duration = .seconds(3600)
    /// The longest `user.timeout`.
    package var maximumTimeout: Duration = .seconds(14 * 24 * 3600)
    /// Users muted or banned per stream, else error 106.
    package var maximumMutedUsers: Int = 10_000

    package init() {}
}
