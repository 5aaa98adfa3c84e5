// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Manifest
import Reactor
import StatusPage
import WebServer

extension ClientGateway {
    /// What a second of time changes; called about once a second.
    func sweepSessions() {
        sweepRevocations()
        let now = seconds
        queries.sweep(now: budgetTime)
        for session in sessions.values {
            switch session.phase {
            case .awaitingConnect:
                guard now >= session.nextPing else { continue }
                status.add(.connectTimeouts)
                disconnect(session, .stale)
            case .connected:
                sweepConnected(session, now)
            case .undecided, .connecting, .closed:
                break
            }
        }
    }

    /// Lets go of budgets that are full again, soon: while an audience comes, each newcomer has one.
    func sweepBudgets() {
        let now = budgetTime
        spenders.removeAll { session in
            guard !session.isClosed, let budgets = session.commands else { return true }
            guard budgets.isFull(commandLimits, now: now) else { return false }
            session.commands = nil
            return true
        }
    }

    /// Tells the clients of requests that the hub has not answered in time.
    func sweepRequests() {
        for request in pending.abandon(now: milliseconds) {
            defer { fetchEnded(by: request) }
            guard !request.session.isClosed else { continue }
            request.session.pendingCount -= 1
            fail(request, ErrorReply(.hubUnavailable, retryAfterMilliseconds: 1_000))
        }
        sweepPluginCalls()
    }

    private func sweepConnected(_ session: Session, _ now: UInt32) {
        if TokenExpiry.isOver(session.expiresAt, now: now) {
            return disconnect(session, .expired)
        }
        if let reader = session as? ReaderSession { return sweepReader(reader, now) }
        if session.isAwaitingPong, hasShownLife(session) {
            session.isAwaitingPong = false
        } else if session.isAwaitingPong, now >= lastPing(of: session) + pongTimeoutSeconds {
            status.add(.pongTimeouts)
            return disconnect(session, .noPong)
        }
        if now >= session.nextPing {
            session.nextPing = now + pingIntervalSeconds
            session.isAwaitingPong = true
            session.connection.send(pingFrame)
        }
        expireSubscriptions(of: session, now)
    }

    /// What stands between might take a silent stream for dead; a poll is never silent for long.
    private func sweepReader(_ reader: ReaderSession, _ now: UInt32) {
        if reader.isStream, now >= reader.nextPing {
            reader.nextPing = now + pingIntervalSeconds
            reader.connection.send(pingEvent)
        }
        expireSubscriptions(of: reader, now)
    }

    private func lastPing(of session: Session) -> UInt32 {
        session.nextPing - pingIntervalSeconds
    }

    private var pingIntervalSeconds: UInt32 {
        UInt32(configuration.client.pingInterval.wholeSeconds)
    }

    /// The moment by which a frame must have come; 0: no ping is unanswered.
    func pongDeadline(of session: Session) -> UInt32 {
        session.isAwaitingPong ? lastPing(of: session) + pongTimeoutSeconds : 0
    }

    /// Takes over a predecessor's, whose interval may have been another.
    func setPongDeadline(_ deadline: UInt32, of session: Session) {
        session.isAwaitingPong = deadline > pongTimeoutSeconds
        guard session.isAwaitingPong else { return }
        session.nextPing = deadline - pongTimeoutSeconds + pingIntervalSeconds
    }

    private var pongTimeoutSeconds: UInt32 {
        UInt32(configuration.client.pongTimeout.wholeSeconds)
    }

    /// Whether any frame has come since the ping that waits for its pong.
    private func hasShownLife(_ session: Session) -> Bool {
        seconds(at: session.connection.lastReceived) >= lastPing(of: session)
    }

    private func expireSubscriptions(of session: Session, _ now: UInt32) {
        let expired = session.subscriptions.filter {
            $0.memberIndex != nil && TokenExpiry.isOver($0.expiresAt, now: now)
        }
        for subscription in expired {
            let channel = subscription.channel.name.text
            hub.send(.unsubscribed(session.id, channel: channel))
            unsubscribe(session, channel, .expired)
        }
    }
}
