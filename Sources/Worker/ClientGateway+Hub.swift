// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Manifest
import Reactor
import StatusPage

extension ClientGateway: HubConnectionDelegate {
    func hubLinkOpened() {
        if hasBeenLinked { status.add(.hubReconnects) }
        hasBeenLinked = true
        hub.send(.hello(hello))
        for session in sessions.values where session.isAttached {
            hub.send(.attach(session.id, identity(of: session)))
        }
        for audience in channels.values where !audience.list.isEmpty {
            hub.send(
                .resume(
                    WorkerMessage.Resumption(
                        channel: audience.name.text,
                        position: audience.position,
                        subscribers: audience.members.map { .init(session: $0.id) }
                    )
                )
            )
        }
        for audience in channels.values { releaseWaiting(for: audience) }
        for (id, request) in pending.unanswered() {
            hub.send(.request(id, request.session.id, request.request))
        }
        resumePluginCalls()
    }

    func hubLinkLost() {
        status.add(.hubLinkErrors)
    }

    func received(_ message: HubMessage) {
        switch message {
        case .welcome:
            break
        case .reply(let id, let result):
            guard let request = pending.remove(id) else {
                return finishPluginCall(id, result)
            }
            if !request.isAbandoned { request.session.pendingCount -= 1 }
            weigh(result, to: request)
            answer(request, result)
        case .publication(let publication):
            deliver(publication)
        case .replaced(let publication):
            channels[publication.channel]?.replace(publication)
        case .presenceChange(let channel, let change, let info):
            let push =
                switch change {
                case .join: Encoder.joinPush(channel: channel, info: info)
                case .leave: Encoder.leavePush(channel: channel, info: info)
                }
            guard let server, let audience = channels[channel] else { return }
            status.add(.deliveries, audience.pushJoinLeave(push, through: server))
        case .positionLost(let channel):
            losePosition(channel)
        case .unsubscribe(let id, let channel, let code):
            guard let session = sessions[id] else { return }
            unsubscribe(session, channel, Unsubscribe(rawValue: code) ?? .byServer)
        case .disconnect(let id, let code, let reason):
            guard let session = sessions[id] else { return }
            let disconnect = Disconnect(rawValue: code) ?? .forceDisconnect
            self.disconnect(session, disconnect, reason: reason)
        case .notice(let notice):
            tell(notice)
        case .viewerFigures(let stream, let json):
            tellFigures(of: stream, json)
        case .revocations(let revocations):
            take(revocations)
        }
    }

    /// Counts what queries cost the hub; a subscriber's history is not one.
    private func weigh(_ result: Result<HubReply, ErrorReply>, to request: PendingRequest) {
        guard case .success(let reply) = result else { return }
        let byteCount: Int
        switch (request.request, reply) {
        case (.history, .history(let list)):
            byteCount = list.publications.reduce(0) { $0 + $1.count }
        case (.presence, .presence(let json)):
            byteCount = json.count
        case (.live(let command, _), .result(let json)) where command.isQuery:
            byteCount = json.count
        default:
            return
        }
        queries.weigh(answerByteCount: byteCount, for: asker(of: request.session))
    }

    // MARK: Publications

    private func deliver(_ publication: HubMessage.ChannelPublication) {
        if let origin = publication.origin, !deliveredOrigins.note(origin) { return }
        guard let audience = channels[publication.channel] else { return }
        if publication.offset > 0, let position = audience.position {
            audience.position = Position(epoch: position.epoch, offset: publication.offset)
        }
        audience.keep(publication, at: Timestamp(milliseconds: WallClock.now()))
        guard !audience.list.isEmpty else { return }
        status.add(.publications)
        enqueue(publication, to: audience)
    }

    /// The channel's history is gone: whoever counts on it subscribes anew and is told so.
    private func losePosition(_ channel: String) {
        guard let audience = channels[channel] else { return }
        audience.position = nil
        audience.forgetRecent()
        for session in audience.members {
            guard let index = session.subscriptionIndex(of: channel) else { continue }
            let traits = session.subscriptions[index].traits
            guard traits.contains(.positioned) else { continue }
            if traits.contains(.serverSide) {
                // The client cannot subscribe to it by itself, only connect anew.
                disconnect(session, .insufficientState)
            } else {
                hub.send(.unsubscribed(session.id, channel: channel))
                unsubscribe(session, channel, .insufficientState)
            }
        }
    }

    /// Ends a subscription from the server's side and says so.
    func unsubscribe(_ session: Session, _ channel: String, _ reason: Unsubscribe) {
        guard let index = session.subscriptionIndex(of: channel) else { return }
        let subscription = session.subscriptions[index]
        removeSubscription(of: session, to: channel)
        if subscription.memberIndex != nil {
            tellUnsubscribed(session, subscription.channel.name, code: reason.rawValue)
        }
        if let reader = session as? ReaderSession { return unsubscribed(reader, reason) }
        reply(to: session, Encoder.unsubscribePush(channel: channel, reason))
    }

    // MARK: Answers

    private func answer(_ request: PendingRequest, _ result: Result<HubReply, ErrorReply>) {
        defer { fetchEnded(by: request) }
        guard !request.session.isClosed else { return }
        guard !request.isAbandoned else { return undo(request, result) }
        switch result {
        case .failure(let error): fail(request, error)
        case .success(let reply): succeed(request, reply)
        }
    }

    /// The client was told 410 and has given up: it must not find itself subscribed after all.
    private func undo(_ request: PendingRequest, _ result: Result<HubReply, ErrorReply>) {
        guard case .subscribe(let subscribing) = request.purpose, case .success = result,
            request.session.subscriptionIndex(of: subscribing.channel) == nil
        else { return }
        hub.send(.unsubscribed(request.session.id, channel: subscribing.channel))
    }

    /// Tells the client why its command failed, and takes back what was reserved for it.
    func fail(_ request: PendingRequest, _ error: ErrorReply) {
        switch request.purpose {
        case .connectSubscribe where error.isTemporary:
            // Connected without what it counts on would be worse than to come back.
            refuse(request.session, request.commandID, error)
            disconnect(request.session, .serverError)
        case .connectSubscribe(let channel, let reservation, _):
            withdraw(reservation, of: request.session, channel)
            connectSubscribed(request.session, channel: channel, nil)
        case .subscribe(let subscribing):
            withdraw(subscribing.reservation, of: request.session, subscribing.channel)
            refuse(request.session, request.commandID, error)
        case .unsubscribe, .publish, .history, .presence, .presenceStats, .rpc:
            refuse(request.session, request.commandID, error)
        }
    }

    private func succeed(_ request: PendingRequest, _ answer: HubReply) {
        let session = request.session
        let id = request.commandID
        switch (request.purpose, answer) {
        case (
            .connectSubscribe(let channel, let reservation, let data), .subscribed(let answer)
        ):
            let subscribed = answer.with(data: data)
            admit(session, to: channel, reservation, subscribed)
            connectSubscribed(session, channel: channel, subscribed)
        case (.subscribe(let subscribing), .subscribed(let subscribed)):
            finish(subscribing, of: request, subscribed)
        case (.unsubscribe, .done):
            reply(to: session, Encoder.emptyReply(id: id, .unsubscribe))
        case (.publish, .done), (.publish, .result):
            tellCommented(request, answer)
            reply(to: session, Encoder.emptyReply(id: id, .publish))
        case (.history, .history(let list)):
            reply(
                to: session,
                Encoder.historyReply(
                    id: id,
                    publications: list.publications,
                    position: Position(epoch: list.epoch, offset: list.offset)
                )
            )
        case (.presence, .presence(let json)):
            reply(to: session, Encoder.presenceReply(id: id, presence: json))
        case (.presenceStats, .presenceStats(let clients, let users)):
            reply(
                to: session,
                Encoder.presenceStatsReply(id: id, clients: clients, users: users)
            )
        case (.rpc, .result(let json)):
            tellCommented(request, answer)
            reply(to: session, Encoder.rpcReply(id: id, data: json))
        case (.rpc, .done):
            reply(to: session, Encoder.rpcReply(id: id, data: Array("{}".utf8)))
        default:
            preconditionFailure("the hub answered \(request.purpose) with another kind of reply")
        }
    }

    /// Takes a reservation back, unless the client did so itself.
    private func withdraw(_ reservation: UInt32, of session: Session, _ channel: String) {
        guard session.subscriptionIndex(of: channel, reservation: reservation) != nil else {
            return
        }
        removeSubscription(of: session, to: channel)
    }

    /// Makes the session a member of the channel, from the position in the hub's answer on.
    ///
    /// - Returns: seconds until its subscription token ends; nil: it has none.
    @discardableResult
    func admit(
        _ session: Session,
        to channel: String,
        _ reservation: UInt32,
        _ subscribed: HubReply.Subscribed
    ) -> Int64? {
        guard let index = session.subscriptionIndex(of: channel, reservation: reservation) else {
            // The client left again without waiting for this answer.
            return nil
        }
        if subscribed.isPositioned { session.subscriptions[index].traits.insert(.positioned) }
        let subscription = session.subscriptions[index]
        let audience = subscription.channel
        audience.pendingCount -= 1
        audience.admit(session, subscriptionIndex: index)
        if !subscribed.missed.epoch.isEmpty {
            audience.position = Position(
                epoch: subscribed.missed.epoch,
                offset: subscribed.missed.offset
            )
            if let rule = try? authorizer.rule(for: audience.name) {
                audience.beginKeeping(
                    subscribed,
                    lifetime: rule.historyLifetime,
                    at: Timestamp(milliseconds: WallClock.now())
                )
            }
        }
        tellSubscribed(session, audience.name, recovered: subscribed.recovered)
        guard subscription.expiresAt > 0 else { return nil }
        return max(0, Int64(subscription.expiresAt) - Int64(seconds) - 1)
    }
}
