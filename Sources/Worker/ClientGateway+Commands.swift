// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hooks
import HubLink
import Live
import Manifest
import PluginHost
import Reactor
import StatusPage
import Tokens
import WebServer

extension ClientGateway {
    func handle(_ asked: AskedCommand, of session: Session) {
        let command = asked.command
        // A pong, and any frame, is life and needs no connect. Nobody has more to say in pongs than in
        // commands, though: it is the cheapest thing to send.
        if case .pong = command.body {
            if spend(.other, of: session) != nil { disconnect(session, .tooManyRequests) }
            return
        }
        status.add(.commands)
        var isConnected = false
        if case .connected = session.phase { isConnected = true }
        var request: ConnectRequest?
        if case .connect(let connect) = command.body { request = connect }
        // Exactly one of both: `connect` comes first, and once.
        guard isConnected == (request == nil) else { return disconnect(session, .badRequest) }
        if let wait = spend(CommandClass(command.body), of: session) {
            status.add(.rateLimited)
            return refuse(
                session,
                command.id,
                ErrorReply(.tooManyRequests, retryAfterMilliseconds: wait)
            )
        }
        if let request { return connect(session, asked, request) }
        carryOut(asked, of: session)
    }

    /// Does what a connected session asks, or lets it wait for its turn.
    func carryOut(_ asked: AskedCommand, of session: Session) {
        do throws(ErrorReply) {
            guard try !hold(asked, of: session) else { return }
            try perform(asked, of: session)
        } catch {
            refuse(session, asked.command.id, error)
        }
    }

    /// Takes one command from the session's budgets; answers how many milliseconds to wait for it.
    func spend(_ commandClass: CommandClass, of session: Session) -> Int64? {
        let budgets = session.commands ?? CommandBudgets(commandLimits, now: budgetTime)
        setBudgets(budgets, of: session)
        if let wait = budgets.spend(commandClass, commandLimits, now: budgetTime) { return wait }
        guard commandClass == .query,
            let wait = queries.spend(asker(of: session), now: budgetTime)
        else { return nil }
        status.add(.refusedQueries)
        return wait
    }

    /// Gives the session budgets until they are full.
    func setBudgets(_ budgets: CommandBudgets?, of session: Session) {
        if session.commands == nil, budgets != nil { spenders.append(session) }
        session.commands = budgets
    }

    /// Whom the session's queries are counted for; nil for a stranger on this machine.
    func asker(of session: Session) -> QueryGuard.Asker? {
        guard session.identity.user.isEmpty else { return .user(session.identity.user) }
        return asker(at: session.peer)
    }

    func asker(at address: SocketAddress) -> QueryGuard.Asker? {
        Admission.Origin(address).map { .address($0) }
    }

    private func perform(_ asked: AskedCommand, of session: Session) throws(ErrorReply) {
        let id = asked.command.id
        switch asked.command.body {
        case .connect:
            disconnect(session, .badRequest)
        case .subscribe(let request):
            try subscribe(session, asked, request)
        case .unsubscribe(let channel):
            try unsubscribe(session, id, channel)
        case .publish(let channel, let data):
            try publish(session, asked, channel, data)
        case .history(let request):
            let channel = try permitted(.history, session, request.channel)
            let limit = min(request.limit, configuration.hub.maximumHistoryLimit)
            ask(
                .history(
                    HubRequest.History(
                        channel: channel.text,
                        limit: limit,
                        since: request.since,
                        reverse: request.reverse
                    )
                ),
                for: session,
                id,
                .history
            )
        case .presence(let name):
            let channel = try permitted(.presence, session, name)
            ask(.presence(channel: channel.text), for: session, id, .presence)
        case .presenceStats(let name):
            let channel = try permitted(.presence, session, name)
            ask(.presenceStats(channel: channel.text), for: session, id, .presenceStats)
        case .rpc(let method, let data):
            try call(session, asked, method, data)
        case .ping:
            reply(to: session, Encoder.emptyReply(id: id, .ping))
        case .refresh(let token):
            refresh(session, id, token: token)
        case .subRefresh(let channel, let token):
            try refreshSubscription(session, id, channel, token)
        case .send, .pong:
            break
        case .unknown:
            throw ErrorReply(.methodNotFound)
        }
    }

    // MARK: Subscriptions

    private func subscribe(
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

    private func refreshSubscription(
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

    private func unsubscribe(
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

    // MARK: Channels

    /// The channel, once the session is known to be allowed what it asks.
    private func permitted(
        _ wanted: Permissions,
        _ session: Session,
        _ name: String
    ) throws(ErrorReply) -> ChannelName {
        let channel = try authorizer.channel(named: name)
        try authorizer.require(
            wanted,
            of: session.identity,
            on: channel,
            // Also while the hub has not answered: it was allowed, and comes first.
            isSubscribed: session.subscriptionIndex(of: channel.text) != nil
        )
        return channel
    }

    private func publish(
        _ session: Session,
        _ asked: AskedCommand,
        _ name: String,
        _ data: [UInt8]
    ) throws(ErrorReply) {
        let channel = try permitted(.publish, session, name)
        guard case .live(let stream) = channel.kind else {
            return try publish(session, asked, on: channel, data)
        }
        let command = try LiveCommand.decode(
            publishedTo: stream,
            data: data,
            limits: liveLimits
        )
        try run(command, session, asked, on: channel, .publish)
    }

    /// Publishes to a feed, once plugins have let it through.
    private func publish(
        _ session: Session,
        _ asked: AskedCommand,
        on channel: ChannelName,
        _ data: [UInt8]
    ) throws(ErrorReply) {
        let id = asked.command.id
        guard implements(.publish) else {
            ask(.publish(channel: channel.text, data: data), for: session, id, .publish)
            return
        }
        var subject = subject(of: session, on: channel)
        subject.data = HookData.object("data", data)
        try consult(
            .publish,
            subject,
            about: asked,
            of: session
        ) { [self] replacement throws(ErrorReply) in
            let data = replacement.flatMap { HookData.member("data", of: $0) } ?? data
            ask(.publish(channel: channel.text, data: data), for: session, id, .publish)
        }
    }

    // MARK: Live streams

    private func call(
        _ session: Session,
        _ asked: AskedCommand,
        _ method: String,
        _ data: [UInt8]
    ) throws(ErrorReply) {
        if let command = try OperatorCommand.decode(method: method, data: data) {
            try authorizer.require(command, of: session.identity)
            ask(HubRequest(command), for: session, asked.command.id, .rpc)
            return
        }
        if let plugins, try callPlugin(plugins, session, asked, method, data) { return }
        let command = try LiveCommand.decode(method: method, data: data, limits: liveLimits)
        guard let stream = command.stream else {
            return try list(session, asked.command.id, command)
        }
        guard let channel = ChannelName(stream: stream) else {
            throw ErrorReply(.badRequest, ChannelNameError.invalidStream.description)
        }
        let needs = command.requiredPermission
        try authorizer.require(needs, of: session.identity, on: channel)
        try run(command, session, asked, on: channel, .rpc)
    }

    /// Asks the hub for a live command, once plugins have let it through.
    private func run(
        _ command: LiveCommand,
        _ session: Session,
        _ asked: AskedCommand,
        on channel: ChannelName,
        _ purpose: PendingRequest.Purpose
    ) throws(ErrorReply) {
        let id = asked.command.id
        guard let hook = command.hook, implements(hook) else {
            ask(live(command, of: session, on: channel), for: session, id, purpose)
            return
        }
        var subject = subject(of: session, on: channel)
        subject.data = command.hookData
        try consult(
            hook,
            subject,
            about: asked,
            of: session
        ) { [self] replacement throws(ErrorReply) in
            var command = command
            if let replacement {
                command = try command.replaced(by: replacement, limits: liveLimits)
            }
            ask(live(command, of: session, on: channel), for: session, id, purpose)
        }
    }

    /// `live.list` shows the streams that the session may see, and no others.
    private func list(
        _ session: Session,
        _ id: UInt32,
        _ command: LiveCommand
    ) throws(ErrorReply) {
        guard case .list(var list) = command else {
            preconditionFailure("only live.list is about no stream")
        }
        list.visibleStreams = authorizer.visibleStreams(to: session.identity)
        guard !list.visibleStreams.isEmpty else { throw ErrorReply(.permissionDenied) }
        ask(.live(.list(list), moderator: false), for: session, id, .rpc)
    }

    private func live(
        _ command: LiveCommand,
        of session: Session,
        on channel: ChannelName
    ) -> HubRequest {
        .live(command, moderator: authorizer.isModerator(session.identity, on: channel))
    }
}
