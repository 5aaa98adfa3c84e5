// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Manifest
import StatusPage

/// Recovery from what this worker keeps of a channel, so that a crowd that comes back costs the hub
/// one answer and not as many as it has heads.
extension ClientGateway {
    /// A recovering subscriber that waits for another one's answer to fill what is kept here.
    struct WaitingRecovery {
        let session: Session
        let commandID: UInt32
        let request: HubRequest.Subscribe
        let subscribing: PendingRequest.Subscribing
    }

    /// Asks the hub to let the session in, for no more than it has to say.
    func ask(
        _ request: HubRequest.Subscribe,
        for session: Session,
        _ commandID: UInt32,
        _ subscribing: PendingRequest.Subscribing
    ) {
        guard let recover = subscribing.recover, let audience = channels[subscribing.channel] else {
            ask(.subscribe(request), for: session, commandID, .subscribe(subscribing))
            return
        }
        if missed(since: recover, on: audience) != nil {
            var plain = request
            plain.recover = nil
            plain.wantsRecovery = true
            var subscribing = subscribing
            subscribing.recoversHere = true
            ask(.subscribe(plain), for: session, commandID, .subscribe(subscribing))
            return
        }
        let isKept = (try? authorizer.rule(for: audience.name))?.hasHistory == true
        guard audience.recent != nil || !audience.isFetching || !isKept else {
            audience.waiting.append(
                WaitingRecovery(
                    session: session,
                    commandID: commandID,
                    request: request,
                    subscribing: subscribing
                )
            )
            return
        }
        let isAsked = ask(
            .subscribe(request),
            for: session,
            commandID,
            .subscribe(subscribing)
        )
        // Nobody may wait for an answer that was never asked for.
        audience.isFetching = isAsked && audience.recent == nil && isKept
    }

    /// The hub has let the session in: answers it with what it missed.
    func finish(
        _ subscribing: PendingRequest.Subscribing,
        of request: PendingRequest,
        _ answer: HubReply.Subscribed
    ) {
        let session = request.session
        let channel = subscribing.channel
        let isReserved =
            session.subscriptionIndex(of: channel, reservation: subscribing.reservation) != nil
        guard let subscribed = recovered(subscribing, answer) else {
            // What was kept has moved on meanwhile: once more, from the hub.
            guard isReserved, case .subscribe(var wanted) = request.request else { return }
            hub.send(.unsubscribed(session.id, channel: channel))
            wanted.recover = subscribing.recover
            var subscribing = subscribing
            subscribing.recoversHere = false
            ask(.subscribe(wanted), for: session, request.commandID, .subscribe(subscribing))
            return
        }
        guard !subscribing.rejectsUnrecovered || subscribed.recovered != false else {
            // One that was withdrawn has told the hub already, and a later one may follow it.
            if isReserved { hub.send(.unsubscribed(session.id, channel: channel)) }
            return fail(request, ErrorReply(.unrecoverablePosition))
        }
        let timeToLive = admit(session, to: channel, subscribing.reservation, subscribed)
        let result = subscribeResult(
            subscribed.with(data: subscribing.data),
            timeToLive: timeToLive
        )
        if let reader = session as? ReaderSession { return begin(reader, result) }
        reply(to: session, Encoder.subscribeReply(id: request.commandID, result))
    }

    /// The hub's answer, completed with what is kept here; nil where that is not enough any more.
    private func recovered(
        _ subscribing: PendingRequest.Subscribing,
        _ answer: HubReply.Subscribed
    ) -> HubReply.Subscribed? {
        guard subscribing.recoversHere, let recover = subscribing.recover else { return answer }
        let position = Position(epoch: answer.missed.epoch, offset: answer.missed.offset)
        guard let audience = channels[subscribing.channel],
            audience.recent?.position == position,
            let missed = missed(since: recover, on: audience)
        else { return nil }
        status.add(.recoveries)
        return HubReply.Subscribed(
            isPositioned: answer.isPositioned,
            isRecoverable: answer.isRecoverable,
            recovered: true,
            missed: HubReply.PublicationList(
                epoch: position.epoch,
                offset: position.offset,
                publications: missed
            ),
            data: answer.data
        )
    }

    private func missed(since position: Position, on audience: ChannelAudience) -> [[UInt8]]? {
        audience.recent?.missed(
            since: position,
            // More is `recovered: false` at the hub, too.
            maximumByteCount: configuration.maximumAnswerByteCount
        )?.map(\.json)
    }

    /// A subscription was answered or given up: those that waited for what it brings go on.
    func fetchEnded(by request: PendingRequest) {
        guard case .subscribe(let subscribing) = request.purpose,
            let audience = channels[subscribing.channel]
        else { return }
        releaseWaiting(for: audience)
    }

    /// Gives every waiting recovery a request of its own.
    func askForAllWaiting() {
        for audience in channels.values {
            while !audience.waiting.isEmpty { releaseWaiting(for: audience) }
        }
    }

    func releaseWaiting(for audience: ChannelAudience) {
        audience.isFetching = false
        guard !audience.waiting.isEmpty else { return }
        let waiting = audience.waiting
        audience.waiting = []
        for recovery in waiting where !recovery.session.isClosed {
            guard
                recovery.session.subscriptionIndex(
                    of: recovery.subscribing.channel,
                    reservation: recovery.subscribing.reservation
                ) != nil
            else {
                // The client left while it waited, and the hub has been told: it must not be let
                // in behind its own back.
                refuse(
                    recovery.session,
                    recovery.commandID,
                    ErrorReply(.notAvailable, "unsubscribed meanwhile")
                )
                continue
            }
            ask(
                recovery.request,
                for: recovery.session,
                recovery.commandID,
                recovery.subscribing
            )
        }
    }
}
