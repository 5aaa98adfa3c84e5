// SPDX-License-Identifier: Apache-2.0

import Channels
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
    }
}
