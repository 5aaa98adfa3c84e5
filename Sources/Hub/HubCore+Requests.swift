// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Journal
import Live

extension HubCore {
    /// How soon a client is asked to try again what cannot be recorded now.
    private static let readOnlyRetry = Duration.seconds(1)

    mutating func answer(
        _ request: RequestID,
        _ body: HubRequest,
        from slot: SessionSlot,
        _ link: LinkID
    ) {
        if let known = knownAnswer(to: request, body, link) {
            return send(.reply(request, .success(known)), to: link)
        }
        let before = recordCount
        let result: Result<HubReply, ErrorReply>
        do throws(ErrorReply) {
            switch body {
            case .subscribe(let subscribe):
                // It answers before the channel hears of the new subscriber.
                return try self.subscribe(slot, subscribe, request, link)
            case .unsubscribe(let channel):
                unsubscribe(slot, from: channel)
                result = .success(.done)
            case .publish(let channel, let data, let wantsPosition):
                let position = try publish(data, on: channel, from: slot, as: request)
                result = .success(
                    wantsPosition ? .result(json: Self.json(of: position)) : .done
                )
            case .history(let history):
                result = .success(.history(try self.history(history)))
            case .presence(let channel):
                result = .success(.presence(json: try presence(on: channel)))
            case .presenceStats(let channel):
                let stats = try presenceStats(on: channel)
                result = .success(.presenceStats(clients: stats.clients, users: stats.users))
            case .live(let command, let moderator):
                if command.changesState { try requireWritable() }
                let json = try run(command, from: slot, isModerator: moderator)
                result = .success(.result(json: json))
            case .disconnectUser(let command):
                return disconnect(command, for: slot, request, link)
            case .revokeTokens(let command):
                try requireWritable()
                result = .success(.result(json: try revoke(command)))
            case .store(let plugin, let command):
                if command.changesState { try requireWritable() }
                result = .success(.result(json: try run(command, of: plugin)))
            }
        } catch {
            result = .failure(error)
        }
        if recordCount > before, case .success(let reply) = result {
            remember(reply, to: request, link)
        }
        send(.reply(request, result), to: link)
    }

    /// - Throws: error 108 while nothing can be recorded.
    func requireWritable() throws(ErrorReply) {
        guard isReadOnly else { return }
        throw ErrorReply(
            .notAvailable,
            "the journal cannot be written",
            retryAfterMilliseconds: Self.readOnlyRetry.milliseconds
        )
    }

    /// The answer to a request that was done already, and whose answer did not reach its worker.
    private func knownAnswer(
        to request: RequestID,
        _ body: HubRequest,
        _ link: LinkID
    ) -> HubReply? {
        guard body.mayBeRecorded, let key = key(of: request, link),
            let result = state.requestAnswers[key]
        else { return nil }
        return result.isEmpty ? .done : .result(json: result)
    }

    private mutating func remember(_ reply: HubReply, to request: RequestID, _ link: LinkID) {
        guard let key = key(of: request, link) else { return }
        switch reply {
        case .done: record(.requestAnswered(key, result: [], at: now))
        case .result(let json): record(.requestAnswered(key, result: json, at: now))
        case .subscribed, .history, .presence, .presenceStats: return
        }
        if let expiry = state.nextAnswerExpiry { deadlines.schedule(.answers, at: expiry) }
    }

    private func key(of request: RequestID, _ link: LinkID) -> RequestKey? {
        sessions.hello(of: link).map {
            RequestKey(incarnation: $0.incarnation, request: request.rawValue)
        }
    }
}

extension HubRequest {
    /// Whether doing it again could do it twice.
    fileprivate var mayBeRecorded: Bool {
        switch self {
        case .publish: true
        case .live(let command, _): command.changesState
        case .store(_, let command): command.changesState
        case .revokeTokens: true
        case .disconnectUser, .subscribe, .unsubscribe, .history, .presence, .presenceStats: false
        }
    }

    /// The channel whose log the request may read.
    var channel: String? {
        switch self {
        case .subscribe(let subscribe): subscribe.channel
        case .unsubscribe(let channel), .presence(let channel), .presenceStats(let channel): channel
        case .publish(let channel, _, _): channel
        case .history(let history): history.channel
        case .live(let command, _): command.stream.map { "live:" + $0 }
        case .disconnectUser, .revokeTokens, .store: nil
        }
    }
}

extension LiveCommand {
    fileprivate var changesState: Bool {
        switch self {
        case .get, .list: false
        case .start, .update, .stop, .mode, .sendComment, .deleteComment, .timeoutUser, .banUser,
            .unbanUser, .interrupt, .resume, .cue:
            true
        }
    }
}

extension StoreCommand {
    fileprivate var changesState: Bool {
        switch self {
        case .get, .list: false
        case .set, .delete: true
        }
    }
}

extension HubCore {
    /// The channel whose log is to be loaded from the journal before the event is handled.
    func unloadedLog(for event: HubEvent) -> (channel: String, end: UInt64)? {
        guard case .received(_, let message) = event else { return nil }
        let channel: String?
        switch message {
        case .request(_, _, let request): channel = request.channel
        case .resume(let resumption): channel = resumption.channel
        case .hello, .attach, .identified, .detach, .unsubscribed, .noticeSeen, .takesNotices:
            channel = nil
        }
        guard let channel, let end = state.unloadedEnd(of: channel) else { return nil }
        return (channel, end)
    }

    func logLimits(of channel: String) -> ChannelLog.Limits? { state.logs[channel]?.limits }

    mutating func load(_ entries: [ChannelLog.Entry], of channel: String) {
        state.load(entries, of: channel)
        if let expiry = state.expireLog(of: channel, now: now) {
            deadlines.schedule(.log(channel: channel), at: expiry)
        }
    }
}
