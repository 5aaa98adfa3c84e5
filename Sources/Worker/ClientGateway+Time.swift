// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Manifest
import Reactor
import StatusPage
import WebServer

extension ClientGateway {
    private static let pingFrame = SharedFrame.text(Array("{}".utf8))

    /// What a second of time changes; called about once a second.
    func sweepSessions() {
        let now = seconds
        for session in sessions.values {
            switch session.phase {
            case .awaitingConnect:
                if now >= session.nextPing { disconnect(session, .stale) }
            case .connected:
                sweepConnected(session, now)
            case .undecided, .connecting, .closed:
                break
            }
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
        if session.pongDeadline > 0, hasShownLife(session) {
            session.pongDeadline = 0
        } else if session.pongDeadline > 0, now >= session.pongDeadline {
            return disconnect(session, .noPong)
        }
        if now >= session.nextPing {
            session.nextPing = now + UInt32(configuration.client.pingInterval.wholeSeconds)
            if session.pongDeadline == 0 { session.pongDeadline = now + pongTimeoutSeconds }
            session.connection.send(Self.pingFrame)
        }
        expireSubscriptions(of: session, now)
    }

    private var pongTimeoutSeconds: UInt32 {
        UInt32(configuration.client.pongTimeout.wholeSeconds)
    }

    /// Whether any frame has come since the ping that waits for its pong.
    private func hasShownLife(_ session: Session) -> Bool {
        let pinged = session.pongDeadline - pongTimeoutSeconds
        return seconds(at: session.connection.lastReceived) >= pinged
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
