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
}
