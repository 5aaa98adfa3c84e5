// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import JSON

/// The turns of a session.
extension ClientCore {
    var isTransportInUse: Bool {
        switch state {
        case .openingTransport, .authenticating, .connected: true
        case .stopped, .waitingToReconnect: false
        }
    }

    mutating func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }

    mutating func takeID() -> UInt32 {
        defer { nextID = nextID == .max ? 1 : nextID + 1 }
        return nextID
    }

    mutating func open() {
        state = .openingTransport
        actions.append(.openTransport)
        actions.append(.scheduleLivenessCheck(after: options.connectTimeout))
    }

    mutating func handle(_ message: ServerMessage) {
        switch message {
        case .ping:
            if answersPings { actions.append(.send(Array("{}".utf8))) }
        case .reply(let id, let result):
            switch requests.removeValue(forKey: id) {
            case .connect: finishConnect(result)
            case .subscribe(let channel): finishSubscribe(channel, result)
            case .refresh: scheduleRefresh(try? result.get())
            case .request:
                let result = result.mapError(RequestFailure.refused)
                actions.append(.report(.answered(id: id, result)))
            case nil: break
            }
        case .push(let channel, let push):
            handle(push, on: channel)
        }
    }

    private mutating func finishConnect(_ result: Result<JSONValue, ErrorReply>) {
        switch result {
        case .failure(let error):
            var mayReconnect = error.isTemporary
            if error.code == ErrorCode.tokenExpired.rawValue {
                let renewed = options.token()
                mayReconnect = renewed != token
                nextToken = renewed
            }
            end(.refused(error), mayReconnect: mayReconnect, closing: 1000)
        case .success(let reply):
            state = .connected
            backOff.reset()
            clientID = reply["client"]?.string ?? ""
            answersPings = reply["pong"]?.bool ?? false
            pingInterval = reply["ping"]?.integer.map { .seconds($0) }
            scheduleLivenessCheck()
            scheduleRefresh(reply)
            actions.append(.report(.connected(reply)))
            for (channel, object) in reply["subs"]?.members ?? [] {
                finishServerSubscription(channel, SubscribeResult(object))
            }
            for channel in subscriptions.keys.sorted() { sendSubscribe(channel) }
            for (id, command) in waiting {
                requests[id] = .request
                actions.append(.send(command.line(id: id)))
            }
            waiting = []
        }
    }

    mutating func scheduleLivenessCheck() {
        actions.append(
            .scheduleLivenessCheck(after: pingInterval.map { $0 + options.pingTolerance })
        )
    }

    /// Renews a token that expires when a fifth of its time is left.
    ///
    /// When that fails, the server ends the connection in the end, and the next one begins with a
    /// new token.
    private mutating func scheduleRefresh(_ reply: JSONValue?) {
        guard let timeToLive = reply?["ttl"]?.integer, timeToLive > 0 else { return }
        let wait = Duration.seconds(timeToLive) * 4 / 5
        actions.append(.scheduleRefresh(after: wait))
    }

    mutating func sendSubscribe(_ channel: String) {
        guard var subscription = subscriptions[channel] else { return }
        let id = takeID()
        requests[id] = .subscribe(channel: channel)
        subscription.state = .subscribing
        subscriptions[channel] = subscription
        actions.append(.send(ClientCommand.subscribe(subscription.nextRequest).line(id: id)))
    }

    private mutating func finishSubscribe(
        _ channel: String,
        _ result: Result<JSONValue, ErrorReply>
    ) {
        guard subscriptions[channel]?.state == .subscribing else { return }
        switch result {
        case .success(let reply):
            let result = SubscribeResult(reply)
            let missed = subscriptions[channel]?.subscribed(result) ?? []
            actions.append(.report(.subscribed(channel: channel, result)))
            report(missed, on: channel)
        case .failure(let error) where error.isTemporary:
            let wait =
                error.retryAfterMilliseconds.map { .milliseconds($0) }
                ?? subscriptions[channel]?.backOff.next(using: &generator)
            subscriptions[channel]?.state = .waiting
            actions.append(.scheduleResubscribe(channel: channel, after: wait ?? .seconds(1)))
        case .failure(let error):
            subscriptions[channel] = nil
            actions.append(.report(.unsubscribed(channel: channel, .refused(error))))
        }
    }

    private mutating func finishServerSubscription(_ channel: String, _ result: SubscribeResult) {
        let last = serverPositions[channel]
        serverPositions[channel] = result.position
        actions.append(.report(.subscribed(channel: channel, result)))
        let isSameEpoch = last?.epoch == result.position?.epoch
        let seen = isSameEpoch ? last?.offset ?? 0 : 0
        report(result.publications.filter { $0.offset > seen }, on: channel)
    }

    private mutating func handle(_ push: ServerMessage.Push, on channel: String) {
        switch push {
        case .publication(let publication):
            if subscriptions[channel] != nil {
                if subscriptions[channel]?.admits(publication) == true {
                    report([publication], on: channel)
                }
            } else {
                if let position = serverPositions[channel], publication.offset > 0 {
                    serverPositions[channel] = Position(
                        epoch: position.epoch,
                        offset: publication.offset
                    )
                }
                report([publication], on: channel)
            }
        case .join(let info): actions.append(.report(.join(channel: channel, info)))
        case .leave(let info): actions.append(.report(.leave(channel: channel, info)))
        case .subscribe(let result): finishServerSubscription(channel, result)
        case .message(let data): actions.append(.report(.message(data)))
        case .unsubscribe(let code, let reason): unsubscribed(channel, code: code, reason: reason)
        case .disconnect(let code, let reason):
            end(
                .closed(code: code, reason: reason),
                mayReconnect: Self.reconnects(afterClose: code),
                closing: 1000
            )
        case .other: break
        }
    }

    private mutating func report(_ publications: [Publication], on channel: String) {
        for publication in publications {
            actions.append(.report(.publication(channel: channel, publication)))
        }
    }

    private mutating func unsubscribed(_ channel: String, code: UInt32, reason: String) {
        let firstResubscribeCode: UInt32 = 2500
        if code >= firstResubscribeCode, subscriptions[channel] != nil {
            sendSubscribe(channel)
        } else {
            subscriptions[channel] = nil
            serverPositions[channel] = nil
            let cause = UnsubscribeCause.byServer(code: code, reason: reason)
            actions.append(.report(.unsubscribed(channel: channel, cause)))
        }
    }

    mutating func end(
        _ cause: Disconnection.Cause,
        mayReconnect: Bool,
        closing code: UInt16?
    ) {
        if let code, isTransportInUse { actions.append(.closeTransport(code: code)) }
        actions.append(.scheduleLivenessCheck(after: nil))
        actions.append(.scheduleRefresh(after: nil))
        for channel in subscriptions.keys { subscriptions[channel]?.state = .waiting }
        let lost = requests.filter { if case .request = $0.value { true } else { false } }
        requests = [:]
        for id in lost.keys.sorted() {
            actions.append(.report(.answered(id: id, .failure(.connectionLost))))
        }
        if mayReconnect, options.reconnects {
            let wait = backOff.next(using: &generator)
            state = .waitingToReconnect
            actions.append(
                .report(.disconnected(Disconnection(cause: cause, reconnectsAfter: wait)))
            )
            actions.append(.scheduleReconnect(after: wait))
        } else {
            state = .stopped
            for (id, _) in waiting {
                actions.append(.report(.answered(id: id, .failure(.connectionLost))))
            }
            waiting = []
            actions.append(
                .report(.disconnected(Disconnection(cause: cause, reconnectsAfter: nil)))
            )
        }
    }
}
