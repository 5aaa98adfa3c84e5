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

/// Asking plugins before a command is carried out.
extension ClientGateway {
    /// Goes on with a command, with a plugin's data in the place of what was asked unless nil.
    typealias Continuation = (_ replacement: [UInt8]?) throws(ErrorReply) -> Void

    /// One question to the plugins, which may be answered before it is known to wait.
    private final class Question {
        var outcome: HookOutcome?
        var line: CommandLines.Key?
    }

    /// Whether any plugin has the hook: one bit, and the whole cost where none has.
    func implements(_ hook: Hook) -> Bool { plugins?.implements(hook) ?? false }

    /// Asks the plugins about a command, then goes on with it or refuses it.
    ///
    /// While a plugin takes its time, what the same user asks of the same channel waits behind it.
    ///
    /// - Throws: why it is refused, where that is known at once.
    func consult(
        _ hook: Hook,
        _ subject: HookSubject,
        plugin: String? = nil,
        about asked: AskedCommand,
        of session: Session,
        then: @escaping Continuation
    ) throws(ErrorReply) {
        guard let plugins else { return try then(nil) }
        try requireRoomToWait(session)
        let question = Question()
        plugins.decide(hook, subject, plugin: plugin) { [weak self] outcome in
            guard let line = question.line else {
                question.outcome = outcome
                return
            }
            self?.conclude(line, asked, of: session, outcome, then)
        }
        if let outcome = question.outcome { return try then(try replacement(in: outcome)) }
        question.line = lines.append(
            asked,
            of: session,
            to: CommandLines.Key(session, channel: subject.channel)
        )
        session.pendingCount += 1
    }

    /// Lets a command wait where one of the same line does; answers whether it has to.
    func hold(_ asked: AskedCommand, of session: Session) throws(ErrorReply) -> Bool {
        guard !lines.isEmpty, let channel = channel(of: asked.command) else { return false }
        let key = CommandLines.Key(session, channel: channel)
        guard lines.isOpen(key) else { return false }
        try requireRoomToWait(session)
        _ = lines.append(asked, of: session, to: key)
        session.pendingCount += 1
        return true
    }

    /// - Throws: the plugins' refusal.
    func replacement(in outcome: HookOutcome) throws(ErrorReply) -> [UInt8]? {
        switch outcome {
        case .allowed(let replacement):
            return replacement
        case .rejected(let code, let message):
            throw ErrorReply(
                code: code,
                message: message.isEmpty ? ErrorCode.rejectedByPlugin.message : message,
                isTemporary: false,
                retryAfterMilliseconds: nil
            )
        case .answered:
            preconditionFailure("only the http hook answers a request")
        }
    }

    private func requireRoomToWait(_ session: Session) throws(ErrorReply) {
        guard session.pendingCount < configuration.client.maximumPendingCommands else {
            throw ErrorReply(.tooManyRequests, retryAfterMilliseconds: 1_000)
        }
    }

    /// The verdict that a line waited for has come.
    private func conclude(
        _ line: CommandLines.Key,
        _ asked: AskedCommand,
        of session: Session,
        _ outcome: HookOutcome,
        _ then: Continuation
    ) {
        let behind = lines.close(line)
        if !session.isClosed {
            session.pendingCount -= 1
            batchingReplies(to: session) {
                do throws(ErrorReply) {
                    try then(try replacement(in: outcome))
                } catch {
                    refuse(session, asked.command.id, error)
                }
            }
        }
        goOn(with: behind, line)
    }

    /// Carries out what waited, up to the next that plugins take their time for.
    private func goOn(with waiting: ArraySlice<CommandLines.Entry>, _ line: CommandLines.Key) {
        var waiting = waiting
        while let next = waiting.popFirst() {
            guard !next.session.isClosed else { continue }
            next.session.pendingCount -= 1
            batchingReplies(to: next.session) { carryOut(next.asked, of: next.session) }
            guard !lines.isOpen(line) else { return lines.putBack(waiting, behind: line) }
        }
    }

    /// The channel whose line a command belongs to; nil where it belongs to none.
    private func channel(of command: Command) -> String? {
        switch command.body {
        case .subscribe(let request): request.channel
        case .unsubscribe(let channel), .presence(let channel), .presenceStats(let channel): channel
        case .publish(let channel, _), .subRefresh(let channel, _): channel
        case .history(let request): request.channel
        case .rpc(let method, let data):
            (try? LiveCommand.decode(method: method, data: data, limits: liveLimits))?
                .stream.map { "live:" + $0 }
        case .connect, .ping, .send, .refresh, .pong, .unknown: nil
        }
    }

    /// Who asks, and of what.
    func subject(of session: Session, on channel: ChannelName? = nil) -> HookSubject {
        var subject = HookSubject()
        let claims = session.identity.claims
        subject.session = session.id.rawValue
        subject.user = claims.user
        subject.client = session.client.description
        subject.name = claims.name
        subject.address = session.peer.host
        subject.info = claims.info
        guard let channel else { return subject }
        subject.channel = channel.text
        if case .live(let stream) = channel.kind { subject.stream = stream }
        subject.permissions = UInt32(
            authorizer.permissions(
                of: session.identity,
                on: channel,
                isSubscribed: session.subscriptionIndex(of: channel.text) != nil
            ).rawValue
        )
        return subject
    }
}
