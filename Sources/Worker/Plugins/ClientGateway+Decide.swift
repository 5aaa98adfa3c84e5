// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hooks
import JSON
import Logging
import PluginHost
import Tokens

/// Letting plugins decide who comes in.
extension ClientGateway {
    /// Asks the plugins about a `connect`, then about each subscription that it makes.
    func decide(_ session: Session, _ connect: UndecidedConnect, by plugins: PluginHost) {
        session.phase = .undecided(connect)
        guard implements(.connect) else {
            return decideSubscriptions(session, connect, by: plugins)
        }
        var subject = subject(of: session)
        subject.data = Self.hookData(of: connect.request, session.identity.claims)
        plugins.decide(.connect, subject) { [weak self] outcome in
            self?.decided(session, connect, outcome, by: plugins)
        }
    }

    private func decided(
        _ session: Session,
        _ connect: UndecidedConnect,
        _ outcome: HookOutcome,
        by plugins: PluginHost
    ) {
        guard session.isUndecided(connect) else { return }
        do throws(ErrorReply) {
            if let replacement = try replacement(in: outcome) {
                try apply(replacement, to: session, connect)
            }
        } catch {
            return turnAway(session, connect, error)
        }
        decideSubscriptions(session, connect, by: plugins)
    }

    private func decideSubscriptions(
        _ session: Session,
        _ connect: UndecidedConnect,
        by plugins: PluginHost
    ) {
        let wanted = wantedSubscriptions(of: session, connect.request).filter { wanted in
            !connect.subscriptions.contains { $0.channel.text == wanted.channel.text }
        }
        guard implements(.subscribe) else {
            connect.subscriptions += wanted
            return letIn(session, connect)
        }
        connect.awaitedCount = wanted.count
        guard !wanted.isEmpty else { return letIn(session, connect) }
        for wanted in wanted {
            let subject = subject(of: session, subscribingTo: wanted.channel, wanted.request)
            plugins.decide(.subscribe, subject) { [weak self] outcome in
                self?.decided(session, connect, wanted, outcome)
            }
        }
    }

    /// What is refused is left out, as it is without plugins.
    private func decided(
        _ session: Session,
        _ connect: UndecidedConnect,
        _ wanted: WantedSubscription,
        _ outcome: HookOutcome
    ) {
        guard session.isUndecided(connect) else { return }
        if case .allowed(let replacement) = outcome {
            var wanted = wanted
            wanted.data = replacement.flatMap { HookData.member("data", of: $0) }
            connect.subscriptions.append(wanted)
        }
        connect.awaitedCount -= 1
        if connect.awaitedCount == 0 { letIn(session, connect) }
    }

    private func letIn(_ session: Session, _ connect: UndecidedConnect) {
        do throws(ErrorReply) {
            // The plugins may have taken longer than the token had.
            try requireStillGood(session.identity)
        } catch {
            return turnAway(session, connect, error)
        }
        let pending = PendingConnect(connect.asked.command.id, held: connect.held)
        pending.data = connect.data
        letIn(session, connect.subscriptions, pending)
    }

    /// The client may ask again, with another token.
    private func turnAway(_ session: Session, _ connect: UndecidedConnect, _ error: ErrorReply) {
        session.identity = authorizer.anonymous
        session.phase = .awaitingConnect
        refuse(session, connect.asked.command.id, error)
        release(connect.held, of: session)
    }

    /// Makes a plugin's word the session's identity.
    ///
    /// - Throws: error 100 where it is none.
    private func apply(
        _ replacement: [UInt8],
        to session: Session,
        _ connect: UndecidedConnect
    ) throws(ErrorReply) {
        guard let answer = ConnectReplacement(replacement) else {
            logger.warning("a plugin's answer to connect makes no sense")
            throw ErrorReply(.internal)
        }
        if !answer.parts.isEmpty {
            session.identity = Identity(
                answer.claims(instead: session.identity.claims),
                inPlaceOf: session.identity.user,
                answer.parts
            )
        }
        connect.data = answer.data
        connect.subscriptions = answer.channels.compactMap { name in
            guard let channel = try? authorizer.channel(named: name),
                (try? authorizer.rule(for: channel)) != nil
            else { return nil }
            let asked = connect.request.subscriptions.first { $0.channel == name }
            return WantedSubscription(
                channel: channel,
                request: asked ?? SubscribeRequest(channel: name)
            )
        }
    }

    /// Who asks, of which channel, and what a `subscribe` says.
    func subject(
        of session: Session,
        subscribingTo channel: ChannelName,
        _ request: SubscribeRequest
    ) -> HookSubject {
        var subject = subject(of: session, on: channel)
        var writer = JSONWriter(capacity: request.data.count + 48)
        writer.beginObject()
        if !request.data.isEmpty { writer.member("data", raw: request.data) }
        writer.key("recover")
        writer.bool(request.recover != nil)
        writer.endObject()
        subject.data = writer.bytes
        return subject
    }

    private static func hookData(of request: ConnectRequest, _ claims: Claims) -> [UInt8] {
        var writer = JSONWriter(capacity: request.data.count + 256)
        writer.beginObject()
        if !request.data.isEmpty { writer.member("data", raw: request.data) }
        writer.key("token")
        writer.bool(request.token?.isEmpty == false)
        writer.member(
            "caps",
            raw: HookData.member("caps", of: claims.payload()) ?? Array("[]".utf8)
        )
        writer.endObject()
        return writer.bytes
    }
}

extension Session {
    /// Whether this `connect` is still the one that waits.
    fileprivate func isUndecided(_ connect: UndecidedConnect) -> Bool {
        if case .undecided(let current) = phase { current === connect } else { false }
    }
}
