// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink

/// What an audience keeps of its channel's newest publications.
extension ChannelAudience {
    /// Enough for a short absence in a busy chat; an older position is the hub's to answer.
    private static let maximumRecentCount = 256
    /// Bytes per channel, so that ten thousand busy channels stay within a few hundred MiB.
    private static let maximumRecentByteCount = 64 << 10

    /// Begins with what the hub's answer brings, where nothing is kept yet.
    func beginKeeping(
        _ subscribed: HubReply.Subscribed,
        lifetime: Duration,
        at now: Timestamp
    ) {
        let missed = subscribed.missed
        guard recent?.epoch != missed.epoch else { return }
        // An answer that did not recover everything says nothing of what lies before its offset.
        let publications = subscribed.recovered == true ? missed.publications : []
        guard missed.offset >= UInt64(publications.count) else { return }
        var log = ChannelLog(
            epoch: missed.epoch,
            limits: ChannelLog.Limits(
                maximumCount: Self.maximumRecentCount,
                maximumByteCount: Self.maximumRecentByteCount,
                lifetime: lifetime
            ),
            topOffset: missed.offset - UInt64(publications.count)
        )
        for json in publications {
            log.append(ChannelLog.Entry(at: now, kind: .event, json: json))
        }
        recent = log
    }

    /// Keeps a publication that follows on what is kept.
    func keep(_ publication: HubMessage.ChannelPublication, at now: Timestamp) {
        guard publication.offset > 0, let top = recent?.topOffset else { return }
        guard publication.offset == top + 1 else { return forgetRecent() }
        recent?.expire(now: now)
        recent?.append(ChannelLog.Entry(at: now, kind: .event, json: publication.json))
    }

    /// Takes a deleted comment's text away.
    func replace(_ publication: HubMessage.ChannelPublication) {
        recent?.replace(at: publication.offset, kind: .event, json: publication.json)
    }

    func forgetRecent() {
        recent = nil
        leftOut = []
    }

    /// A comment was left out for the members, and is for those who poll.
    func leaveOut(_ offset: UInt64) {
        guard recent?.topOffset == offset else { return }
        if leftOut.count >= 2 * Self.maximumRecentCount {
            leftOut.removeFirst(Self.maximumRecentCount)
        }
        leftOut.append(offset)
    }

    /// What viewers were shown of consecutive publications that end at `top`, and before it how many
    /// they were not.
    func shown(of publications: [[UInt8]], upTo top: UInt64) -> [[UInt8]] {
        guard let newest = leftOut.last, UInt64(publications.count) <= top else {
            return publications
        }
        let first = top - UInt64(publications.count) + 1
        guard newest >= first else { return publications }
        var skipped: SkippedComments?
        var shown: [[UInt8]] = []
        let hidden = Set(leftOut)
        for (index, publication) in publications.enumerated() {
            let offset = first + UInt64(index)
            guard hidden.contains(offset) else {
                shown.append(publication)
                continue
            }
            if skipped == nil {
                skipped = SkippedComments(first: offset)
            } else {
                skipped?.add(offset)
            }
        }
        guard let skipped else { return publications }
        return [Encoder.skippedPublication(skipped)] + shown
    }
}
