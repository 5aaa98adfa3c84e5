// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Manifest
import Reactor
import StatusPage

/// When channels say what they have to say, and who waits for whom.
extension ClientGateway {
    /// Channels whose batches leave, or are on their way.
    struct FanOut {
        /// Sends between two looks at everything else: about 5 ms of them.
        static let maximumSendsPerTurn = 512
        /// Sends of one channel before another that is due has its turn.
        static let maximumSendsPerSlice = 256

        /// Whose batches the end of this turn begins to send.
        var due: [ChannelAudience] = []
        /// Whose batches are being sent, in slices, each in its turn.
        var walking: [ChannelAudience] = []
        var walksOn = false
        var load: SendLoad
    }

    /// Puts a publication into its channel's batch, or leaves it out for all but its author.
    func enqueue(_ publication: HubMessage.ChannelPublication, to audience: ChannelAudience) {
        let outbox = audience.outbox ?? makeOutbox(for: audience)
        let push = Encoder.publicationPush(
            channel: publication.channel,
            publication: publication.json
        )
        switch publication.handling {
        case .message:
            outbox.batch.append(push)
        case .control:
            outbox.batch.append(push)
            outbox.isUrgent = true
        case .latest:
            outbox.batch.replaceLatest(by: push)
        case .comment(let id, let client):
            guard !isShown(outbox) else {
                outbox.batch.append(push)
                break
            }
            status.add(.skippedComments)
            audience.leaveOut(publication.offset)
            let author = sessions[id].flatMap { $0.client == client ? $0 : nil }
            outbox.batch.skip(offset: publication.offset, push: push, author: author)
        }
        schedule(audience, outbox)
    }

    private func makeOutbox(for audience: ChannelAudience) -> Outbox {
        let outbox = Outbox()
        let rate = configuration.delivery.commentsPerSecond
        if rate > 0, case .live = audience.name.kind {
            outbox.budget = CommandBudget(
                burst: rate,
                now: UInt32(truncatingIfNeeded: milliseconds)
            )
        }
        audience.outbox = outbox
        return outbox
    }

    /// Whether the members of a channel can read one more comment.
    private func isShown(_ outbox: Outbox) -> Bool {
        let rate = configuration.delivery.commentsPerSecond
        let now = UInt32(truncatingIfNeeded: milliseconds)
        return outbox.budget?.spend(rate: rate, burst: rate, now: now) == nil
    }

    /// Sees to it that the channel's batch leaves in time.
    private func schedule(_ audience: ChannelAudience, _ outbox: Outbox) {
        switch outbox.state {
        case .due, .walking:
            return
        case .held(let timer):
            guard outbox.isUrgent else { return }
            loop.cancel(timer)
        case .idle:
            guard !outbox.isUrgent, let wait = outbox.window.wait(at: loop.now) else { break }
            let timer = loop.schedule(after: wait) { [weak self, weak audience] in
                guard let self, let audience else { return }
                makeDue(audience)
            }
            outbox.state = .held(timer)
            return
        }
        makeDue(audience)
    }

    private func makeDue(_ audience: ChannelAudience) {
        audience.outbox?.state = .due
        fanOut.due.append(audience)
        guard fanOut.due.count == 1 else { return }
        loop.deferToEndOfTurn { [weak self] in self?.beginDueWalks() }
    }

    private func beginDueWalks() {
        guard let server else { return }
        let due = fanOut.due
        fanOut.due = []
        for audience in due {
            guard case .due = audience.outbox?.state else { continue }
            audience.outbox?.state = .walking
            measure(audience) { audience.beginWalk(through: server) }
            fanOut.walking.append(audience)
        }
        // Behind one that goes on already, these have their turn in the next one.
        if !fanOut.walksOn { walkOn() }
    }

    /// Sends slices, a channel after the other, and goes on in the next turn.
    private func walkOn() {
        guard let server else { return }
        fanOut.walksOn = false
        var sends = 0
        while sends < FanOut.maximumSendsPerTurn, let audience = fanOut.walking.first {
            fanOut.walking.removeFirst()
            sends += measure(audience) {
                audience.walk(through: server, maximumCount: FanOut.maximumSendsPerSlice)
            }
            if audience.outbox?.frame != nil {
                fanOut.walking.append(audience)
            } else {
                finishWalk(of: audience)
            }
        }
        guard !fanOut.walking.isEmpty else { return }
        fanOut.walksOn = true
        // Behind what came in meanwhile: other channels' news, new connections.
        loop.schedule(after: .zero) { [weak self] in self?.walkOn() }
    }

    private func finishWalk(of audience: ChannelAudience) {
        guard let outbox = audience.outbox else { return }
        outbox.state = .idle
        outbox.window.flushed(
            taking: outbox.work,
            at: .now(),
            bound: configuration.delivery.maximumFlushWindow,
            isWorkerBusy: fanOut.load.isHigh
        )
        if !outbox.batch.isEmpty {
            schedule(audience, outbox)
        } else if outbox.budget == nil, outbox.window.wait(at: loop.now) == nil {
            audience.outbox = nil
        }
    }

    @discardableResult
    private func measure(_ audience: ChannelAudience, _ body: () -> Int) -> Int {
        let start = MonotonicTime.now()
        let deliveries = body()
        let end = MonotonicTime.now()
        audience.outbox?.work += end - start
        fanOut.load.add(end - start, at: end)
        status.add(.deliveries, deliveries)
        return deliveries
    }

    /// Sends all that waits anywhere, before a hand-over.
    func flushChannels() {
        guard let server else { return }
        for audience in channels.values {
            status.add(.deliveries, audience.flush(through: server))
        }
    }
}
