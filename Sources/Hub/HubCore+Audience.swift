// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
import Journal
import Live
import Manifest

extension HubCore {
    func figures(of stream: LiveStream) -> ViewerFigures {
        let viewers = viewerCount(of: stream.id)
        guard stream.isRunning, let audience = state.audiences[stream.id] else {
            return ViewerFigures(
                viewers: viewers,
                uniqueViewers: stream.finalUniqueViewers,
                peakViewers: stream.finalPeakViewers
            )
        }
        let meter = meters[stream.id] ?? ViewerMeter()
        return meter.figures(viewers: viewers, audience: audience)
    }

    /// A session subscribed to the stream's channel.
    mutating func viewerCame(_ slot: SessionSlot, _ stream: String) {
        changedAudiences.insert(stream)
        guard let audience = state.audiences[stream], let session = sessions[slot],
            session.identity.isViewer
        else { return }
        meters[stream, default: ViewerMeter()].see(
            Author(session.identity.info).digest,
            viewers: viewerCount(of: stream),
            audience: audience
        )
    }

    /// A generation begins: whoever waited for it is its first audience.
    mutating func beginAudience(of stream: String) {
        guard let audience = state.audiences[stream] else { return }
        let members = channels.channel(named: "live:" + stream)?.members ?? []
        var meter = meters[stream] ?? ViewerMeter()
        for member in members {
            guard let session = sessions[member], session.identity.isViewer else { continue }
            meter.see(
                Author(session.identity.info).digest,
                viewers: viewerCount(of: stream),
                audience: audience
            )
        }
        meters[stream] = meter
        changedAudiences.insert(stream)
    }

    /// Records what a running stream's audience gained since it was last recorded.
    mutating func recordAudience(of stream: String) {
        guard !isReadOnly, let generation = state.streams[stream]?.generation,
            let gained = takeUnrecordedAudience(of: stream)
        else { return }
        record(
            .audience(
                stream: stream,
                generation: generation,
                users: gained.users,
                peak: gained.peak
            )
        )
    }

    /// What the audience gained and no record says yet.
    ///
    /// Apart from its caller, so that no copy of the audience is alive when the record changes it:
    /// that copy would be the whole set.
    private mutating func takeUnrecordedAudience(
        of stream: String
    ) -> (users: [UInt64], peak: Int)? {
        guard let audience = state.audiences[stream] else { return nil }
        return meters[stream]?.takeUnrecorded(audience: audience)
    }

    /// Tells a known stream's viewers its figures: now, or when its interval is over.
    mutating func tellFigures(of id: String) {
        guard let stream = state.streams[id] else { return }
        if noticeTaker != nil { tellPlugins(figures: figures(of: stream), of: id) }
        // With nobody to tell, the next to come is told at once.
        guard viewerCount(of: id) > 0 else { return recordAudience(of: id) }
        let moment = meters[id, default: ViewerMeter()].nextTelling(
            now: now,
            interval: options.live.viewersInterval
        )
        guard moment <= now else {
            return deadlines.schedule(.viewers(stream: id), at: moment)
        }
        let figures = figures(of: stream)
        recordAudience(of: id)
        guard meters[id]?.tell(figures, at: now) == true else { return }
        let json = LiveEvent.viewers(figures).publication(
            offset: nil,
            generation: stream.generation,
            at: now
        )
        tell(json, offset: 0, on: "live:" + id, .latest)
    }

    private func viewerCount(of stream: String) -> Int {
        channels.viewerCount(of: "live:" + stream)
    }
}
