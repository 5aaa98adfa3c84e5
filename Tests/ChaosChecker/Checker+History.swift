// SPDX-License-Identifier: Apache-2.0

/// A channel's history as the server tells it when it is asked.
extension Checker {
    mutating func takeHistory(
        _ channel: String,
        _ epoch: String,
        _ askedAt: Duration,
        _ entries: [HistoryEvent.Entry],
        _ index: Int
    ) {
        noteEpoch(epoch, of: channel, top: entries.last?.offset ?? 0, index)
        for (previous, next) in zip(entries, entries.dropFirst())
        where next.offset != previous.offset + 1 {
            report(
                next.offset > previous.offset ? .sequenceIsGapless : .sequenceHasNoDuplicate,
                "the history of \(channel) goes from \(previous.offset) to \(next.offset)",
                [index]
            )
        }
        for entry in entries {
            see(entry, at: Place(channel: channel, epoch: epoch, offset: entry.offset), index)
            checkNotDeleted(entry, channel, askedAt: askedAt, index)
        }
    }

    /// Checks the whole history of a channel against all that was said about it.
    mutating func checkWhole(
        _ channel: String,
        _ epoch: String,
        _ entries: [HistoryEvent.Entry],
        _ index: Int
    ) {
        var contents: [UInt64: Content] = [:]
        for entry in entries { contents[entry.offset] = entry.content }
        for (text, comment) in comments where comment.channel == channel {
            if let acknowledged = comment.acknowledged {
                check(text, acknowledged, in: contents, epoch, index, asked: comment.asked)
            } else if let refusal = comment.refusal, comment.openAttempts == 0,
                let seen = comment.seen
            {
                report(
                    .refusedIsNotDone,
                    "\"\(text)\" was refused each time, and is at \(seen.place)",
                    [comment.asked, refusal, seen.event]
                )
            }
        }
        checkDeletions(channel, epoch, contents, index)
        checkOrder(channel, epoch, entries, index)
    }

    private mutating func check(
        _ text: String,
        _ acknowledged: (place: Place, event: Int),
        in contents: [UInt64: Content],
        _ epoch: String,
        _ index: Int,
        asked: Int
    ) {
        let content = contents[acknowledged.place.offset]
        let isThere =
            acknowledged.place.epoch == epoch
            && (content?.text == text || content?.isTombstone == true)
        guard !isThere else { return }
        report(
            .acknowledgedCommentIsKept,
            "\"\(text)\" was acknowledged at \(acknowledged.place); in \(epoch) there is "
                + (content?.json ?? "nothing"),
            [asked, acknowledged.event, index] + (places[acknowledged.place]?.seen.prefix(3) ?? [])
        )
    }

    /// A tombstone has to be somebody's wish, and every deletion that was acknowledged has one.
    private mutating func checkDeletions(
        _ channel: String,
        _ epoch: String,
        _ contents: [UInt64: Content],
        _ index: Int
    ) {
        for content in contents.values where content.isTombstone {
            let key = CommentKey(channel: channel, comment: content.comment)
            if deletions[key] == nil {
                report(
                    .acknowledgedCommentIsKept,
                    "\(content.comment) on \(channel) is gone, and nobody deleted it",
                    [index]
                )
            }
        }
    }

    /// The order of the history tells by itself who was muted when, and which generation it was.
    private mutating func checkOrder(
        _ channel: String,
        _ epoch: String,
        _ entries: [HistoryEvent.Entry],
        _ index: Int
    ) {
        var bans: Set<String> = []
        var timeouts: [String: Int64] = [:]
        var generation: Int64 = 0
        for entry in entries {
            let place = Place(channel: channel, epoch: epoch, offset: entry.offset)
            let content = places[place]?.deleted ?? entry.content
            let first = places[place]?.seen.first
            if content.generation < generation {
                report(
                    .generationsRise,
                    "\(place) is of generation \(content.generation), after \(generation)",
                    [first, index].compactMap(\.self)
                )
            }
            generation = content.generation
            switch content.type {
            case "user.ban": bans.insert(content.user)
            case "user.timeout": timeouts[content.user] = content.at + content.seconds * 1_000
            case "user.unban":
                bans.remove(content.user)
                timeouts[content.user] = nil
            case "comment" where !content.isTombstone:
                let isTimedOut = timeouts[content.user].map { content.at < $0 } ?? false
                guard bans.contains(content.user) || isTimedOut else { continue }
                report(
                    .mutedStaysMuted,
                    "\(place) is a comment of \(content.user), who was muted before it",
                    [comments[content.text]?.asked, first, index].compactMap(\.self)
                )
            default: break
            }
        }
    }
}
