// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hooks
import HubLink
import Manifest
import StatusPage
import Tokens

/// Into channels and out of them, as a client asks.
extension ClientGateway {
    func subscribe(
        _ session: Session,
        _ asked: AskedCommand,
        _ request: SubscribeRequest
    ) throws(ErrorReply) {
        let channel = try authorizer.channel(named: request.channel)
        try requirePlace(for: channel, session)
        var claims: Claims?
        if let token = request.token, !token.isEmpty {
            claims = try subscriptionClaims(session, channel, token)
        } else if (session as? ReaderSession)?.isGranted == true {
            _ = try authorizer.rule(for: channel)
        } else if try authorizer.requiresSubscriptionToken(channel) {
            throw ErrorReply(.permissionDenied)
        } else {
            try authorizer.require(.subscribe, of: session.identity, on: channel)
        }
        guard implements(.subscribe) else {
            return subscribe(session, asked, request, channel, claims, nil)
        }
        try consult(
            .subscribe,
            subject(of: session, subscribingTo: channel, request),
            about: asked,
            of: session
        ) { [self] replacement throws(ErrorReply) in
            // Other subscriptions may have been made meanwhile.
            try requirePlace(for: channel, session)
            // And its token may have come to its end, which ends only what is subscribed.
            if let claims { try requireStillGood(claims) }
            subscribe(session, asked, request, channel, claims, replacement)
        }
    }

    private func subscribe(
        _ session: Session,
        _ asked: AskedCommand,
        _ request: SubscribeRequest,
        _ channel: ChannelName,
        _ claims: Claims?,
        _ replacement: [UInt8]?
    ) {
        let reservation = reserve(
            channel,
            for: session,
            request,
            [],
            expiresAt: claims.map { expiry(of: $0.expiresAt).at } ?? 0
        )
        if let claims {
            subscriptionTokens.set(SubscriptionToken(claims), of: session.id, to: channel.text)
        }
        ask(
            hubSubscribe(channel, request),
            for: session,
            asked.command.id,
            PendingRequest.Subscribing(
                channel: channel.text,
                reservation: reservation,
                rejectsUnrecovered: request.rejectsUnrecovered,
                recover: request.recover,
                data: replacement.flatMap { HookData.member("data", of: $0) }
            )
        )
    }

    private func requirePlace(
        for channel: ChannelName,
        _ session: Session
    ) throws(ErrorReply) {
        guard session.subscriptionIndex(of: channel.text) == nil else {
            throw ErrorReply(.alreadySubscribed)
        }
        guard session.subscriptions.count < configuration.client.maximumChannels else {
            status.add(.channelLimits)
            throw ErrorReply(.limitExceeded, "too many channels on one connection")
        }
    }

    /// Checks a subscription token: it must name this channel and this user.
    private func subscriptionClaims(
        _ session: Session,
        _ channel: ChannelName,
        _ token: String
    ) throws(ErrorReply) -> Claims {
        // A token cannot make a channel that no rule allows.
        _ = try authorizer.rule(for: channel)
        let claims: Claims
        do throws(TokenRefusal) {
            claims = try self.claims(of: token)
        } catch .refused(let error) {
            throw error
        } catch {
            throw ErrorReply(.permissionDenied)
        }
        guard claims.channel == channel.text, claims.user == session.identity.user else {
            throw ErrorReply(.permissionDenied)
        }
        return claims
    }

    func refreshSubscription(
        _ session: Session,
        _ id: UInt32,
        _ name: String,
        _ token: String
    ) throws(ErrorReply) {
        let channel = try authorizer.channel(named: name)
        guard let index = session.subscriptionIndex(of: channel.text) else {
            throw ErrorReply(.permissionDenied, "not subscribed")
        }
        let claims = try subscriptionClaims(session, channel, token)
        let expiry = expiry(of: claims.expiresAt)
        session.subscriptions[index].expiresAt = expiry.at
        subscriptionTokens.set(SubscriptionToken(claims), of: session.id, to: channel.text)
        reply(to: session, Encoder.subRefreshReply(id: id, timeToLive: expiry.timeToLive))
    }

    func unsubscribe(
        _ session: Session,
        _ id: UInt32,
        _ name: String
    ) throws(ErrorReply) {
        let channel = try authorizer.channel(named: name)
        guard let index = session.subscriptionIndex(of: channel.text) else {
            return reply(to: session, Encoder.emptyReply(id: id, .unsubscribe))
        }
        // A client may subscribe again in the same batch, so it is out at once; the link keeps the
        // order. Where the hub has yet to let it in, a new link must carry both requests again.
        guard session.subscriptions[index].memberIndex == nil else {
            hub.send(.unsubscribed(session.id, channel: channel.text))
            removeSubscription(of: session, to: channel.text)
            tellUnsubscribed(session, channel)
            return reply(to: session, Encoder.emptyReply(id: id, .unsubscribe))
        }
        if ask(.unsubscribe(channel: channel.text), for: session, id, .unsubscribe) {
            removeSubscription(of: session, to: channel.text)
        }
    }
}
