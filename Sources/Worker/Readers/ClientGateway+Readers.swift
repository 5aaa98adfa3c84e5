// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HTTP
import HubLink
import Manifest
import Reactor
import StatusPage
import WebServer

/// Channels over plain HTTP: how a reader comes in, by the same way as every client.
extension ClientGateway {
    /// Until an answer is 504: what comes before it, plugins and hub, has deadlines of its own, which
    /// say more.
    private static let answerPatience = Duration.seconds(60)

    /// How many readers there are, and what they are to be told in the next turn.
    struct Readers {
        var streamCount = 0
        var waitingCount = 0
        var woken: [ReaderSession] = []
    }

    /// Answers a request for a channel; nil where the path is another's.
    func read(_ request: HTTPRequest, on connection: Connection) -> HTTPAnswer? {
        guard request.path.hasPrefix(ReaderRequest.pathPrefix), request.method != .options else {
            return nil
        }
        guard request.method == .get else {
            return .now(dressed(.methodNotAllowed(allowing: [.get]), for: request))
        }
        guard request.body.isEmpty else {
            return .now(
                dressed(.text(.contentTooLarge, "a reader sends no content"), for: request)
            )
        }
        guard routes.origins.allows(request) else {
            status.add(.refusedOrigins)
            return .now(dressed(routes.foreignOrigin, for: request))
        }
        do throws(ErrorReply) {
            return try read(try ReaderRequest(request), request, on: connection)
        } catch {
            status.add(.commandErrors)
            return .now(dressed(HTTPResponse(refusing: error), for: request))
        }
    }

    /// Adds what every answer to a reader has.
    func dressed(_ response: HTTPResponse, for request: HTTPRequest) -> HTTPResponse {
        var response = response
        // The same question has another answer in a moment.
        response.headers.append("Cache-Control", "no-store")
        routes.dress(&response, for: request)
        return response
    }

    private func read(
        _ asked: ReaderRequest,
        _ request: HTTPRequest,
        on connection: Connection
    ) throws(ErrorReply) -> HTTPAnswer {
        let former = connection.session as? ReaderSession
        let host = connection.peer.withPort(0)
        if let former, former.host == host {
            let goesOn = goesOn(former, asked)
            status.add(.commands)
            // Whoever begins anew with each poll costs the hub a subscription each time.
            if let wait = spend(goesOn ? .other : .subscribe, of: former) {
                status.add(.rateLimited)
                throw ErrorReply(.tooManyRequests, retryAfterMilliseconds: wait)
            }
            if goesOn {
                former.take(asked, request, nil)
                return try poll(former, request, on: connection)
            }
        }
        if let former, former.host != host {
            // Another's requests came before, over a proxy's connection: neither its budget nor what a
            // plugin said of it is this one's. Whose turns cost the hub the most is who changes often.
            if let wait = queries.spend(asker(at: connection.peer), now: budgetTime) {
                status.add(.refusedQueries)
                throw ErrorReply(.tooManyRequests, retryAfterMilliseconds: wait)
            }
        }
        try requireRoom(for: asked)
        let reader = makeSession(ReaderSession.self, for: connection)
        if let former {
            end(former, code: Disconnect.connectionClosed.rawValue)
            // Whoever asks for another channel each time asks no faster.
            if former.host == host { setBudgets(former.commands, of: reader) }
        }
        connection.keep(reader)
        reader.gateway = self
        let answer = deferAnswer(to: asked, on: connection)
        reader.take(asked, request, answer)
        if asked.kind == .events { readers.streamCount += 1 }
        var connect = ConnectRequest()
        connect.token = asked.token
        connect.name = "http"
        let command = Command(id: 1, body: .connect(connect))
        self.connect(reader, AskedCommand(command, message: [], line: 0..<0), connect)
        return .later(answer)
    }

    func deferAnswer(to asked: ReaderRequest, on connection: Connection) -> PendingAnswer {
        let wait = min(asked.wait, configuration.http.maximumPollWait)
        return connection.deferAnswer(within: Self.answerPatience + wait, halfClose: .abandon)
    }

    /// Whether a poll goes on with what the last one on this connection has, and this worker knows all
    /// that it asks for.
    private func goesOn(_ former: ReaderSession, _ asked: ReaderRequest) -> Bool {
        guard case .connected = former.phase, asked.kind == .poll, !former.isStream,
            asked.channel == former.channelName, asked.token == former.asked?.token,
            asked.subscriptionToken == former.asked?.subscriptionToken,
            let since = asked.since, let subscription = former.subscriptions.first,
            subscription.memberIndex != nil, subscription.traits.contains(.positioned)
        else { return false }
        return missed(since: since, by: former) != nil
    }

    private func requireRoom(for asked: ReaderRequest) throws(ErrorReply) {
        let isStream = asked.kind == .events
        // Whoever asks again reaches the worker that took this one's place.
        guard !isRetired else { throw ErrorReply(.hubUnavailable, retryAfterMilliseconds: 1_000) }
        guard sessions.count < configuration.client.maximumConnections,
            !isStream || readers.streamCount < configuration.http.maximumEventStreams
        else {
            status.add(.rejectedConnections)
            throw ErrorReply(
                .tooManyRequests,
                "too many connections",
                retryAfterMilliseconds: 5_000
            )
        }
    }

    /// The reader has been let in: subscribes it.
    func subscribe(_ reader: ReaderSession) {
        guard let asked = reader.asked else { return }
        var request = SubscribeRequest(channel: asked.channel)
        request.token = asked.subscriptionToken
        request.recover = asked.since
        request.wantsPosition = true
        request.wantsRecovery = true
        let command = Command(id: 1, body: .subscribe(request))
        carryOut(AskedCommand(command, message: [], line: 0..<0), of: reader)
    }

    /// The reader's session is over; what it waited for is no more.
    func forget(_ reader: ReaderSession) {
        release(reader)
        if reader.isStream { readers.streamCount -= 1 }
    }
}
