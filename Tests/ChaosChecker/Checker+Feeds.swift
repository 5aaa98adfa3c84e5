// SPDX-License-Identifier: Apache-2.0

/// Feeds: what was acknowledged is in a history that is kept, and nothing is there, or seen, twice.
extension Checker {
    /// A publication that somebody asked for, by its text, which no other has.
    struct Publication {
        let channel: String
        let asked: Int
        var acknowledged: Int?
        /// What was refused is not done; nil: it was not refused.
        var refused: Int?
        /// The first one to see it, wherever it keeps no place.
        var seen: [String: Int] = [:]
    }

    mutating func takePublishing(_ text: String, on channel: String, _ index: Int) {
        publications[text] = Publication(channel: channel, asked: index)
    }

    mutating func takeAnswer(
        _ answer: HistoryEvent.Answer,
        toPublishing text: String,
        _ index: Int
    ) {
        switch answer {
        case .done:
            figures.publications += 1
            publications[text]?.acknowledged = index
        case .refused:
            publications[text]?.refused = index
        case .lost, .comment, .generation:
            break
        }
    }

    /// Somebody saw a publication of a feed that keeps none.
    mutating func takeTold(_ text: String, on channel: String, by client: String, _ index: Int) {
        figures.deliveries += 1
        guard let publication = publications[text] else { return }
        if let before = publication.seen[client] {
            report(
                .publicationIsOnce,
                "\(client) saw \"\(text)\" on \(channel) twice",
                [publication.asked, before, index]
            )
        } else if let refused = publication.refused {
            report(
                .refusedIsNotDone,
                "\"\(text)\" was refused, and \(client) saw it on \(channel)",
                [publication.asked, refused, index]
            )
        }
        publications[text]?.seen[client] = index
    }

    /// Looks at the whole history of a feed that keeps one.
    mutating func checkFeed(
        _ channel: String,
        _ entries: [HistoryEvent.Entry],
        _ index: Int
    ) {
        var counts: [String: Int] = [:]
        for entry in entries { counts[entry.content.text, default: 0] += 1 }
        for (text, publication) in publications where publication.channel == channel {
            let count = counts[text] ?? 0
            if count > 1 {
                report(
                    .publicationIsOnce,
                    "\"\(text)\" is \(count) times in the history of \(channel)",
                    [publication.asked, index]
                )
            }
            if count == 0, let acknowledged = publication.acknowledged {
                report(
                    .acknowledgedPublicationIsKept,
                    "\"\(text)\" was acknowledged, and is not in the history of \(channel)",
                    [publication.asked, acknowledged, index]
                )
            }
            if count > 0, let refused = publication.refused {
                report(
                    .refusedIsNotDone,
                    "\"\(text)\" was refused, and is in the history of \(channel)",
                    [publication.asked, refused, index]
                )
            }
        }
    }
}
