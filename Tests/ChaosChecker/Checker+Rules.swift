// SPDX-License-Identifier: Apache-2.0

/// Mutes and generations.
extension Checker {
    struct Muted: Hashable {
        let channel: String
        let user: String
    }

    /// A mute that certainly holds.
    struct MutePeriod {
        let acknowledged: Int
        /// A moment before which it cannot be over; nil: until it is lifted.
        let endsAfter: Duration?
    }

    /// Called when a comment is first known to be accepted.
    mutating func checkUnmuted(_ text: String, _ index: Int) {
        guard let comment = comments[text],
            let mute = mutes[Muted(channel: comment.channel, user: comment.user)]
        else { return }
        let asked = history[comment.asked].at
        guard history[mute.acknowledged].at < asked else { return }
        if let end = mute.endsAfter, history[index].at >= end { return }
        report(
            .mutedStaysMuted,
            "\"\(text)\" of \(comment.user) was accepted on \(comment.channel)",
            [mute.acknowledged, comment.asked, index]
        )
    }

    /// A snapshot is not older than what anyone knew when it was asked for.
    mutating func checkSnapshot(_ subscribed: HistoryEvent.Subscribed, _ index: Int) {
        guard let known = generations[subscribed.channel],
            history[known.event].at < subscribed.askedAt, subscribed.generation < known.value
        else { return }
        report(
            .generationsRise,
            "\(history[index].client) was told that \(subscribed.channel) is at generation "
                + "\(subscribed.generation), after \(known.value)",
            [known.event, index]
        )
    }

    mutating func takeStart(_ generation: Int64, of channel: String, asked: Int, _ index: Int) {
        figures.starts += 1
        // What is known from before it was asked is older; later it may be its own.
        if let known = generations[channel], known.event < asked, generation <= known.value {
            report(
                .generationsRise,
                "\(channel) was started as generation \(generation), after \(known.value)",
                [known.event, asked, index]
            )
        }
        if generation > generations[channel]?.value ?? 0 {
            generations[channel] = (generation, index)
        }
    }
}
