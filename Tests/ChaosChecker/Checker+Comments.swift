// SPDX-License-Identifier: Apache-2.0

/// Comments: acknowledged, kept, there once; deleted for good.
extension Checker {
    struct Comment {
        let channel: String
        let user: String
        /// The first attempt.
        let asked: Int
        var acknowledged: (place: Place, event: Int)?
        /// Where it was seen, by whomever.
        var seen: (place: Place, event: Int)?
        /// Attempts whose end is not known, or not known yet.
        var openAttempts = 0
        var refusal: Int?
    }

    struct CommentKey: Hashable {
        let channel: String
        let comment: String
    }

    struct Deletion {
        let asked: Int
        var acknowledged: Int?
    }

    mutating func take(_ ask: HistoryEvent.Ask, at: Duration, _ index: Int) {
        switch ask {
        case .comment(let channel, let user, let text):
            var comment =
                comments[text] ?? Comment(channel: channel, user: user, asked: index)
            comment.openAttempts += 1
            comments[text] = comment
        case .delete(let channel, let comment):
            let key = CommentKey(channel: channel, comment: comment)
            if deletions[key] == nil { deletions[key] = Deletion(asked: index) }
        case .timeout(let channel, let user, _), .ban(let channel, let user),
            .unban(let channel, let user):
            // Until it is acknowledged, nobody knows.
            mutes[Muted(channel: channel, user: user)] = nil
        case .publish(let channel, let text):
            takePublishing(text, on: channel, index)
        case .start, .stop:
            break
        }
    }

    mutating func take(
        _ answer: HistoryEvent.Answer,
        to ask: HistoryEvent.Ask,
        asked: Int,
        _ index: Int
    ) {
        switch answer {
        case .refused: figures.refusals += 1
        case .lost: figures.lostAnswers += 1
        default: break
        }
        switch (ask, answer) {
        case (.comment(let channel, _, let text), _):
            take(answer, toComment: text, on: channel, index)
        case (.delete(let channel, let comment), .done):
            figures.deletions += 1
            let key = CommentKey(channel: channel, comment: comment)
            if deletions[key]?.acknowledged == nil { deletions[key]?.acknowledged = index }
        case (.timeout(let channel, let user, let seconds), .done):
            figures.mutes += 1
            mutes[Muted(channel: channel, user: user)] = MutePeriod(
                acknowledged: index,
                endsAfter: history[asked].at + .seconds(seconds)
            )
        case (.ban(let channel, let user), .done):
            figures.mutes += 1
            mutes[Muted(channel: channel, user: user)] = MutePeriod(
                acknowledged: index,
                endsAfter: nil
            )
        case (.publish(_, let text), _):
            takeAnswer(answer, toPublishing: text, index)
        case (.start(let channel), .generation(let generation)):
            takeStart(generation, of: channel, asked: asked, index)
        case (.stop(let channel), .generation(let generation)):
            stops[channel] = (generation, index)
        default:
            break
        }
    }

    private mutating func take(
        _ answer: HistoryEvent.Answer,
        toComment text: String,
        on channel: String,
        _ index: Int
    ) {
        switch answer {
        case .comment(let id, let epoch, let offset):
            comments[text]?.openAttempts -= 1
            figures.acknowledgedComments += 1
            let place = Place(channel: channel, epoch: epoch, offset: offset)
            noteEpoch(epoch, of: channel, top: offset, index)
            if let before = comments[text]?.acknowledged {
                if before.place != place {
                    report(
                        .commentIsOnce,
                        "\"\(text)\" was acknowledged at \(before.place) and at \(place)",
                        [comments[text]?.asked, before.event, index].compactMap(\.self)
                    )
                }
                return
            }
            comments[text]?.acknowledged = (place, index)
            checkUnmuted(text, index)
            guard let known = places[place] else { return }
            let content = known.deleted ?? known.content
            let isOther =
                content.isTombstone ? content.comment != id : content.text != text
            if isOther {
                report(
                    .viewersAgree,
                    "\"\(text)\" was acknowledged at \(place), where others saw "
                        + content.json,
                    [comments[content.text]?.acknowledged?.event, known.seen[0], index]
                        .compactMap(\.self)
                )
            }
        case .refused:
            comments[text]?.openAttempts -= 1
            comments[text]?.refusal = index
        case .lost, .done, .generation:
            break
        }
    }

    /// Notes where a comment is when it is seen for the first time.
    mutating func placeComment(_ content: Content, at place: Place, _ index: Int) {
        guard content.type == "comment", !content.isTombstone else { return }
        guard let comment = comments[content.text] else { return }
        let other = comment.seen ?? comment.acknowledged
        if let other, other.place != place {
            report(
                .commentIsOnce,
                "\"\(content.text)\" is at \(other.place) and at \(place)",
                [comment.asked, other.event, index]
            )
        }
        if let stop = stops[place.channel], stop.event < comment.asked,
            content.generation <= stop.generation
        {
            report(
                .stopIsKept,
                "\(place) came after generation \(stop.generation) was stopped: \(content.json)",
                [stop.event, comment.asked, index]
            )
        }
        guard comment.seen == nil else { return }
        comments[content.text]?.seen = (place, index)
        if comment.acknowledged == nil { checkUnmuted(content.text, index) }
    }

    mutating func checkNotDeleted(
        _ entry: HistoryEvent.Entry,
        _ channel: String,
        askedAt: Duration,
        _ index: Int
    ) {
        guard !entry.content.text.isEmpty, !entry.content.isTombstone else { return }
        let key = CommentKey(channel: channel, comment: entry.content.comment)
        guard let deletion = deletions[key], let acknowledged = deletion.acknowledged,
            history[acknowledged].at < askedAt
        else { return }
        report(
            .deletedStaysDeleted,
            "\(entry.content.comment) on \(channel) came with its text, though it was deleted",
            [deletion.asked, acknowledged, index]
        )
    }
}
