// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HTTP
import HubLink
import Manifest
import Reactor
import StatusPage
import WebServer

/// What readers over plain HTTP are told, and when.
extension ClientGateway {
    /// After which a browser comes back whose client was sent away for good: it is told no other way.
    private static let finalRetry = Duration.seconds(3_600)

    // MARK: Beginning

    /// The hub has let the reader in.
    func begin(_ reader: ReaderSession, _ result: SubscribeResult) {
        guard !reader.isStream else { return beginStream(reader, result) }
        // A poll goes from position to position, or takes the latest value.
        let retention = channels[reader.channelName].flatMap {
            try? authorizer.rule(for: $0.name).retention
        }
        guard result.isRecoverable || retention == .latest else {
            return refuse(
                reader,
                ErrorReply(.notAvailable, "a channel without history cannot be polled")
            )
        }
        let isUpToDate = result.recovered == true && result.publications.isEmpty
        guard !reader.waitIsOver, isUpToDate || reader.waits(at: result) else {
            var result = result
            if result.recovered == true, let audience = channels[reader.channelName] {
                result.publications = audience.shown(
                    of: result.publications,
                    upTo: result.position.offset
                )
            }
            return respond(to: reader, Encoder.subscribeResult(result))
        }
        do throws(ErrorReply) {
            try hold(reader)
        } catch {
            refuse(reader, error)
        }
    }

    private func beginStream(_ reader: ReaderSession, _ result: SubscribeResult) {
        guard let answer = reader.answer, let request = reader.request, let server else { return }
        let head = HTTPResponse(
            status: .ok,
            headers: [
                "Content-Type": "text/event-stream",
                // nginx, and who followed it: pass on each piece as it comes.
                "X-Accel-Buffering": "no",
            ]
        )
        reader.forgetRequest()
        guard let connection = server.beginStream(answer, head: dressed(head, for: request)) else {
            return
        }
        let push = Encoder.subscribePush(channel: reader.channelName, result)
        let retry = configuration.http.eventRetry
        let spread = Int64.random(in: 0...max(1, retry.milliseconds / 2), using: &random)
        connection.send(
            BodyChunk(
                ServerSentEvent.encode(
                    push,
                    position: result.position,
                    retry: retry + .milliseconds(spread)
                )
            )
        )
    }

    // MARK: Polls

    /// Answers a poll on a kept connection from what this worker keeps, or lets it wait.
    func poll(
        _ reader: ReaderSession,
        _ request: HTTPRequest,
        on connection: Connection
    ) throws(ErrorReply) -> HTTPAnswer {
        guard let asked = reader.asked, let missed = missed(since: asked.since, by: reader) else {
            throw ErrorReply(.internal)
        }
        guard missed.publications.isEmpty, !reader.waitIsOver else {
            reader.forgetRequest()
            return .now(dressed(.json(.ok, Encoder.subscribeResult(missed)), for: request))
        }
        try hold(reader)
        let answer = deferAnswer(to: asked, on: connection)
        reader.answer = answer
        return .later(answer)
    }

    /// What came since, as this worker knows it; nil where it does not know all.
    ///
    /// Comments that viewers were not shown are left out here, too, and said to be.
    func missed(since: Position?, by reader: ReaderSession) -> SubscribeResult? {
        guard let since, let audience = channels[reader.channelName],
            let position = audience.position, since.epoch == position.epoch
        else { return nil }
        var publications: [[UInt8]] = []
        if since.offset != position.offset {
            guard let recent = audience.recent, recent.position == position,
                let missed = recent.missed(
                    since: since,
                    maximumByteCount: configuration.maximumAnswerByteCount
                )
            else { return nil }
            publications = audience.shown(of: missed.map(\.json), upTo: position.offset)
        }
        return SubscribeResult(
            isRecoverable: true,
            isPositioned: true,
            position: position,
            recovered: true,
            publications: publications
        )
    }

    private func hold(_ reader: ReaderSession) throws(ErrorReply) {
        guard readers.waitingCount < configuration.http.maximumWaitingPolls else {
            status.add(.rateLimited)
            throw ErrorReply(
                .tooManyRequests,
                "too many polls wait",
                retryAfterMilliseconds: 5_000
            )
        }
        readers.waitingCount += 1
        let wait = min(reader.asked?.wait ?? .zero, configuration.http.maximumPollWait)
        reader.timer = loop.schedule(after: wait) { [weak self, weak reader] in
            guard let self, let reader else { return }
            endWait(of: reader)
        }
    }

    /// The poll waits no more.
    func release(_ reader: ReaderSession) {
        guard let timer = reader.timer else { return }
        loop.cancel(timer)
        reader.timer = nil
        readers.waitingCount -= 1
    }

    /// Something was said on the channel of a poll that waits for it.
    ///
    /// It is answered in the next turn: whoever walks over the channel's members must not lose one.
    func wake(_ reader: ReaderSession) {
        guard channels[reader.channelName]?.position != reader.standsAt else { return }
        readers.woken.append(reader)
        guard readers.woken.count == 1 else { return }
        loop.schedule(after: .zero) { [weak self] in self?.answerWoken() }
    }

    private func answerWoken() {
        let woken = readers.woken
        readers.woken = []
        // Most stand at the same position of the same channel: they share one body.
        var last: (channel: String, since: Position, body: [UInt8])?
        for reader in woken where reader.timer != nil {
            guard reader.beginning == nil else {
                // It begins where the channel stands now, with a snapshot that the hub has.
                subscribeAnew(reader)
                continue
            }
            guard let since = reader.asked?.since else { continue }
            if let last, last.since == since, last.channel == reader.channelName {
                respond(to: reader, last.body)
            } else if let result = missed(since: since, by: reader) {
                guard !result.publications.isEmpty else { continue }
                let body = Encoder.subscribeResult(result)
                last = (reader.channelName, since, body)
                respond(to: reader, body)
            } else {
                subscribeAnew(reader)
            }
        }
    }

    /// More has come than is kept here: the hub has it.
    private func subscribeAnew(_ reader: ReaderSession) {
        release(reader)
        hub.send(.unsubscribed(reader.id, channel: reader.channelName))
        for subscription in reader.subscriptions where subscription.memberIndex != nil {
            tellUnsubscribed(reader, subscription.channel.name)
        }
        removeSubscription(of: reader, to: reader.channelName)
        subscribe(reader)
    }

    /// Answers that nothing came.
    func endWait(of reader: ReaderSession) {
        if let beginning = reader.beginning {
            return respond(to: reader, Encoder.subscribeResult(beginning))
        }
        guard let result = missed(since: reader.asked?.since, by: reader) else {
            reader.waitIsOver = true
            return subscribeAnew(reader)
        }
        respond(to: reader, Encoder.subscribeResult(result))
    }

    private func respond(to reader: ReaderSession, _ body: [UInt8]) {
        release(reader)
        answer(reader, .json(.ok, body))
    }

    private func answer(_ reader: ReaderSession, _ response: HTTPResponse) {
        guard let answer = reader.takeAnswer(), let request = reader.request else { return }
        reader.forgetRequest()
        server?.answer(answer, with: dressed(response, for: request))
    }

    // MARK: Ending

    /// Tells a reader why it gets nothing, which is its end.
    func refuse(_ reader: ReaderSession, _ error: ErrorReply) {
        end(reader, code: Disconnect.connectionClosed.rawValue)
        guard reader.request != nil else { return endStream(reader, [], retry: nil) }
        answer(reader, HTTPResponse(refusing: error))
    }

    /// Sends a reader away: a stream ends, so that its client comes back; a poll that waits is answered.
    func close(_ reader: ReaderSession, _ disconnect: Disconnect, reason: String) {
        let isWaiting = reader.timer != nil
        if isWaiting, disconnect == .shutdown || disconnect == .forceReconnect {
            endWait(of: reader)
        }
        end(reader, code: disconnect.rawValue)
        guard reader.request == nil else {
            return answer(reader, HTTPResponse(refusing: ErrorReply(disconnect, reason: reason)))
        }
        endStream(
            reader,
            Encoder.disconnectPush(disconnect, reason: reason),
            retry: disconnect.clientReconnects ? nil : Self.finalRetry
        )
    }

    /// The reader's one subscription is over.
    func unsubscribed(_ reader: ReaderSession, _ reason: Unsubscribe) {
        guard reader.isStream else {
            // What it asks next it asks anew; a poll that waits hears where the channel stands now.
            guard reader.timer != nil, reason == .insufficientState else {
                return close(
                    reader,
                    reason == .expired ? .expired : .forceDisconnect,
                    reason: reason.reason
                )
            }
            release(reader)
            return subscribe(reader)
        }
        end(reader, code: Disconnect.connectionClosed.rawValue)
        endStream(
            reader,
            Encoder.unsubscribePush(channel: reader.channelName, reason),
            retry: reason.rawValue < 2_500 ? Self.finalRetry : nil
        )
    }

    private func endStream(_ reader: ReaderSession, _ farewell: [UInt8], retry: Duration?) {
        guard let answer = reader.takeAnswer(), let server else { return }
        if !farewell.isEmpty {
            let event = ServerSentEvent.encode(farewell, retry: retry)
            server.connection(answer.connection)?.send(BodyChunk(event))
        }
        server.endStream(answer)
    }
}
