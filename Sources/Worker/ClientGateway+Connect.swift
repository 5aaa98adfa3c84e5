// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hooks
import HubLink
import JSON
import Manifest
import Reactor
import StatusPage
import Tokens
import WebServer

extension ClientGateway {
    func connect(_ session: Session, _ asked: AskedCommand, _ request: ConnectRequest) {
        do throws(TokenRefusal) {
            session.identity = try identity(token: request.token)
        } catch .refused(let error) {
            return refuse(session, asked.command.id, error)
        } catch {
            return disconnect(session, .invalidToken)
        }
        if let plugins, implements(.connect) || implements(.subscribe) {
            return decide(session, UndecidedConnect(asked, request), by: plugins)
        }
        letIn(session, wantedSubscriptions(of: session, request), PendingConnect(asked.command.id))
    }

    /// Lets the client in, and answers it once it is subscribed to what it wants.
    func letIn(_ session: Session, _ wanted: [WantedSubscription], _ connect: PendingConnect) {
        guard
            users.count(of: session.identity.user)
                < configuration.client.maximumConnectionsPerUser
        else {
            status.add(.rejectedForUser)
            return disconnect(session, .connectionLimit)
        }
        var wanted = wanted
        if let reader = session as? ReaderSession {
            reader.isGranted = wanted.contains { $0.channel.text == reader.channelName }
            wanted = []
        }
        attach(session)
        var subscribes: [(wanted: WantedSubscription, reservation: UInt32)] = []
        for wanted in wanted {
            guard session.subscriptions.count < configuration.client.maximumChannels,
                session.subscriptionIndex(of: wanted.channel.text) == nil
            else { continue }
            let reservation = reserve(wanted.channel, for: session, wanted.request, [.serverSide])
            subscribes.append((wanted, reservation))
        }
        guard !subscribes.isEmpty else { return finishConnect(session, connect) }
        connect.awaitedCount = subscribes.count
        session.phase = .connecting(connect)
        for (wanted, reservation) in subscribes where !session.isClosed {
            ask(
                .subscribe(hubSubscribe(wanted.channel, wanted.request)),
                for: session,
                connect.commandID,
                .connectSubscribe(
                    channel: wanted.channel.text,
                    reservation: reservation,
                    data: wanted.data
                )
            )
        }
    }

    /// Why a token lets nobody in.
    enum TokenRefusal: Error {
        /// The client gets an error and may fetch another token.
        case refused(ErrorReply)
        /// The connection ends with 3500.
        case invalid
    }

    func identity(token: String?) throws(TokenRefusal) -> Identity {
        guard let token, !token.isEmpty else {
            guard configuration.anonymous.connect else {
                throw .refused(ErrorReply(.unauthorized))
            }
            return authorizer.anonymous
        }
        let claims = try claims(of: token)
        // A subscription token speaks of one channel, not of a connection.
        guard claims.channel == nil else { throw .invalid }
        guard !claims.user.isEmpty || configuration.anonymous.connect else {
            throw .refused(ErrorReply(.unauthorized))
        }
        return Identity(claims)
    }

    func claims(of token: String) throws(TokenRefusal) -> Claims {
        guard let verifier else { throw .invalid }
        let nowSeconds = WallClock.now() / 1_000
        let claims: Claims
        do throws(TokenError) {
            claims = try verifier.verify(token, nowSeconds: nowSeconds)
        } catch .expired {
            status.add(.tokensRejected)
            throw .refused(ErrorReply(.tokenExpired))
        } catch .unknownKey
            where keySource?.mayComeAgain(with: token.prefix { $0 != "." }.utf8) == true
        {
            // The issuer may have a new key; by the next attempt it is known.
            throw .refused(ErrorReply(.internal, retryAfterMilliseconds: 1_000))
        } catch {
            status.add(.tokensRejected)
            throw .invalid
        }
        do throws(ErrorReply) {
            try requireUnrevoked(claims, nowSeconds: nowSeconds)
        } catch {
            throw .refused(error)
        }
        status.add(.tokensAccepted)
        return claims
    }

    /// The channels that `connect` subscribes: the user's own where the manifest says so, and those
    /// that the client asks for or recovers, as far as it may see them.
    func wantedSubscriptions(
        of session: Session,
        _ request: ConnectRequest
    ) -> [WantedSubscription] {
        // It reads the one channel that it names.
        guard !(session is ReaderSession) else { return [] }
        var wanted = request.subscriptions
        let own = "#" + session.identity.user
        if configuration.userChannels, own != "#", !wanted.contains(where: { $0.channel == own }) {
            wanted.append(SubscribeRequest(channel: own))
        }
        return wanted.compactMap { request in
            guard let channel = try? authorizer.channel(named: request.channel),
                (try? authorizer.require(.subscribe, of: session.identity, on: channel)) != nil,
                (try? authorizer.requiresSubscriptionToken(channel)) == false
            else { return nil }
            return WantedSubscription(channel: channel, request: request)
        }
    }

    /// Takes the session's place in the channel until the hub answers; answers its number.
    func reserve(
        _ channel: ChannelName,
        for session: Session,
        _ request: SubscribeRequest,
        _ traits: Subscription.Traits,
        expiresAt: UInt32 = 0
    ) -> UInt32 {
        let reservation = nextReservation
        nextReservation &+= 1
        let audience = audience(of: channel)
        audience.pendingCount += 1
        var traits = traits
        if request.wantsJoinLeave { traits.insert(.joinLeave) }
        session.subscriptions.append(
            Subscription(
                channel: audience,
                place: .awaited(reservation: reservation),
                traits: traits,
                expiresAt: expiresAt
            )
        )
        return reservation
    }

    func hubSubscribe(_ channel: ChannelName, _ request: SubscribeRequest) -> HubRequest.Subscribe {
        HubRequest.Subscribe(
            channel: channel.text,
            recover: request.recover,
            wantsPosition: request.wantsPosition,
            wantsRecovery: request.wantsRecovery
        )
    }

    /// One server-side subscription is answered; nil: it was refused and is left out.
    func connectSubscribed(
        _ session: Session,
        channel: String,
        _ reply: HubReply.Subscribed?
    ) {
        guard case .connecting(let connect) = session.phase else { return }
        if let reply { connect.subscribed.append((channel, reply)) }
        connect.awaitedCount -= 1
        guard connect.awaitedCount == 0 else { return }
        finishConnect(session, connect)
    }

    /// Handles what a client sent without waiting for its `connect`.
    func release(_ held: HeldMessages, of session: Session) {
        for message in held.take() where !session.isClosed {
            if let held = session.heldMessages {
                held.append(message)
            } else {
                handle(message, of: session)
            }
        }
    }

    private func finishConnect(
        _ session: Session,
        _ connect: PendingConnect
    ) {
        let client = configuration.client
        session.phase = .connected
        session.nextPing = seconds + UInt32(client.pingInterval.wholeSeconds)
        let expiry = expiry(of: session.identity.claims.expiresAt)
        session.expiresAt = expiry.at
        if let reader = session as? ReaderSession { return subscribe(reader) }
        var result = ConnectResult(
            client: session.client,
            version: TallyVersion.text,
            pingInterval: client.pingInterval.wholeSeconds,
            expectsPong: true,
            session: session.client.description,
            node: nodeName,
            time: Timestamp(milliseconds: WallClock.now())
        )
        result.timeToLive = expiry.timeToLive
        result.data = connect.data
        result.subscriptions = connect.subscribed.map { channel, reply in
            ConnectResult.Subscription(channel: channel, result: subscribeResult(reply))
        }
        reply(to: session, Encoder.connectReply(id: connect.commandID, result))
        for push in connect.heldPushes { session.connection.send(push) }
        for subscription in session.subscriptions {
            subscription.channel.connected(session, subscription)
        }
        release(connect.held, of: session)
    }

    func subscribeResult(
        _ reply: HubReply.Subscribed,
        timeToLive: Int64? = nil
    ) -> SubscribeResult {
        SubscribeResult(
            isRecoverable: reply.isRecoverable,
            isPositioned: reply.isPositioned,
            position: Position(epoch: reply.missed.epoch, offset: reply.missed.offset),
            recovered: reply.recovered,
            publications: reply.missed.publications,
            data: reply.data,
            timeToLive: timeToLive
        )
    }

    func expiry(of expiresAt: Int64?) -> TokenExpiry {
        TokenExpiry(
            expiresAt: expiresAt,
            unixNow: WallClock.now() / 1_000,
            workerNow: seconds
        )
    }

    func refresh(_ session: Session, _ commandID: UInt32, token: String) {
        do throws(TokenRefusal) {
            // Nothing renews a token but a token: without one, a connection whose token names no
            // user would be anybody's, and so without its end and beyond its revocation.
            guard !token.isEmpty else { throw .invalid }
            let renewed = try identity(token: token)
            guard renewed.user == session.identity.tokenUser else {
                return disconnect(session, .invalidToken)
            }
            session.identity = session.identity.renewed(by: renewed)
            if session.isAttached { hub.send(.identified(session.id, identity(of: session))) }
            let expiry = expiry(of: renewed.claims.expiresAt)
            session.expiresAt = expiry.at
            reply(
                to: session,
                Encoder.refreshReply(
                    id: commandID,
                    client: session.client,
                    version: TallyVersion.text,
                    timeToLive: expiry.timeToLive
                )
            )
        } catch .refused(let error) {
            refuse(session, commandID, error)
        } catch {
            disconnect(session, .invalidToken)
        }
    }
}

extension Duration {
    /// Seconds, rounded up: a limit of half a second is not none.
    var wholeSeconds: Int64 { (milliseconds + 999) / 1_000 }
}
