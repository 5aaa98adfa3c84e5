// SPDX-License-Identifier: Apache-2.0

/// What one viewer sees of one channel: gapless, in order, once.
extension Checker {
    struct Viewer: Hashable {
        let client: String
        let channel: String
    }

    /// Where a viewer stands.
    struct Sequence {
        var epoch: String
        var offset: UInt64
        /// The event that brought it there.
        var event: Int
        /// Of the last event seen.
        var generation: Int64
    }

    mutating func take(
        _ subscribed: HistoryEvent.Subscribed,
        from client: String,
        _ index: Int
    ) {
        checkSnapshot(subscribed, index)
        let viewer = Viewer(client: client, channel: subscribed.channel)
        noteEpoch(subscribed.epoch, of: subscribed.channel, top: subscribed.offset, index)
        switch (subscribed.recovered, viewers[viewer]) {
        case (true?, let before?):
            figures.recoveries += 1
            figures.recoveredPublications += subscribed.missed.count
            guard before.epoch == subscribed.epoch else {
                report(
                    .sequenceIsGapless,
                    "\(client) recovered \(subscribed.channel) over a change of epoch from "
                        + "\(before.epoch) to \(subscribed.epoch)",
                    [before.event, index]
                )
                break
            }
            for entry in subscribed.missed { advance(viewer, to: entry, index) }
            let reached = viewers[viewer]?.offset ?? 0
            if reached != subscribed.offset {
                report(
                    .sequenceIsGapless,
                    "\(client) recovered \(subscribed.channel) up to \(reached), and was told "
                        + "that it is at \(subscribed.offset)",
                    [before.event, index]
                )
            }
        case (false?, _):
            figures.failedRecoveries += 1
        case (nil, _), (true?, nil):
            break
        }
        for entry in subscribed.missed {
            let place = Place(
                channel: subscribed.channel,
                epoch: subscribed.epoch,
                offset: entry.offset
            )
            see(entry, at: place, index)
            checkNotDeleted(entry, subscribed.channel, askedAt: subscribed.askedAt, index)
        }
        viewers[viewer] = Sequence(
            epoch: subscribed.epoch,
            offset: subscribed.offset,
            event: index,
            generation: viewers[viewer]?.generation ?? 0
        )
    }

    mutating func takeLive(
        _ entry: HistoryEvent.Entry,
        on channel: String,
        from client: String,
        _ index: Int
    ) {
        figures.deliveries += 1
        let viewer = Viewer(client: client, channel: channel)
        guard let before = viewers[viewer] else { return }
        noteEpoch(before.epoch, of: channel, top: entry.offset, index)
        advance(viewer, to: entry, index)
        see(entry, at: Place(channel: channel, epoch: before.epoch, offset: entry.offset), index)
    }

    private mutating func advance(
        _ viewer: Viewer,
        to entry: HistoryEvent.Entry,
        _ index: Int
    ) {
        guard var sequence = viewers[viewer] else { return }
        let expected = sequence.offset + 1
        if entry.offset != expected {
            let isEarly = entry.offset > expected
            report(
                isEarly ? .sequenceIsGapless : .sequenceHasNoDuplicate,
                "\(viewer.client) saw \(viewer.channel) \(sequence.epoch):\(entry.offset) "
                    + "after \(sequence.offset)",
                [sequence.event, index] + observations(of: viewer, sequence, upTo: entry.offset)
            )
        }
        if entry.content.generation < sequence.generation {
            report(
                .generationsRise,
                "\(viewer.client) saw generation \(entry.content.generation) of "
                    + "\(viewer.channel) after \(sequence.generation)",
                [sequence.event, index]
            )
        }
        sequence.offset = entry.offset
        sequence.event = index
        sequence.generation = entry.content.generation
        viewers[viewer] = sequence
    }

    /// Who else saw what this one missed or saw twice: the first of them for each place.
    private func observations(
        of viewer: Viewer,
        _ sequence: Sequence,
        upTo offset: UInt64
    ) -> [Int] {
        let most: UInt64 = 5  // one place tells it; some more tell whether others were left out
        let first = min(sequence.offset + 1, offset)
        let last = min(max(sequence.offset, offset), first + most)
        return (first...last).flatMap { offset in
            places[Place(channel: viewer.channel, epoch: sequence.epoch, offset: offset)]?.seen
                .prefix(2) ?? []
        }
    }

    /// Notes a channel's epoch, which is to stay once there is a history to lose.
    mutating func noteEpoch(_ epoch: String, of channel: String, top: UInt64, _ index: Int) {
        if let known = epochs[channel], known.epoch != epoch {
            report(
                .historyIsNotLost,
                "\(channel) was in \(known.epoch), is in \(epoch)",
                [known.event, index]
            )
        }
        if top > 0 { epochs[channel] = (epoch, index) }
    }
}
