// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Live
import Reactor
import StatusPage
import Tokens

/// Tokens that are not believed any more, though they are rightly signed and have not expired.
///
/// To a client a revoked token is one that has expired before its time: error 109 and close code 3005
/// let an SDK ask its application for another, and whoever has none stays out.
extension ClientGateway {
    private static let reason = "token revoked"
    /// From a revocation to the end of connections: several that come together cost one look at the
    /// sessions, and whoever revoked its own token has its answer first.
    private static let revocationDelay = Duration.milliseconds(50)
    /// Seconds between two looks for revocations that are over.
    private static let expiryInterval: UInt32 = 60

    func take(_ revocations: [TokenRevocation]) {
        for revocation in revocations { self.revocations.add(revocation) }
        scheduleRevocations()
    }

    /// - Throws: error 109 for a token that was revoked.
    func requireUnrevoked(_ claims: Claims, nowSeconds: Int64) throws(ErrorReply) {
        let isRevoked = revocations.covers(
            id: claims.tokenID,
            user: claims.user,
            issuedAt: claims.issuedAt,
            now: Timestamp(milliseconds: nowSeconds * 1_000)
        )
        guard isRevoked else { return }
        status.add(.tokensRevoked)
        throw ErrorReply(.tokenExpired, Self.reason)
    }

    /// That a subscription's token, which was good when plugins were asked, is so still.
    ///
    /// - Throws: error 109.
    func requireStillGood(_ claims: Claims) throws(ErrorReply) {
        let now = WallClock.now() / 1_000
        try requireUnexpired(claims, at: now)
        try requireUnrevoked(claims, nowSeconds: now)
    }

    /// That a connection's token, which was good when plugins were asked, is so still.
    ///
    /// - Throws: error 109.
    func requireStillGood(_ identity: Identity) throws(ErrorReply) {
        let now = WallClock.now()
        try requireUnexpired(identity.claims, at: now / 1_000)
        guard isRevoked(identity, now: Timestamp(milliseconds: now)) else { return }
        status.add(.tokensRevoked)
        throw ErrorReply(.tokenExpired, Self.reason)
    }

    private func requireUnexpired(_ claims: Claims, at nowSeconds: Int64) throws(ErrorReply) {
        guard verifier?.isOver(claims, nowSeconds: nowSeconds) == true else { return }
        status.add(.tokensRejected)
        throw ErrorReply(.tokenExpired)
    }

    func scheduleRevocations() {
        guard !revocations.isEmpty, !endsRevokedSessions else { return }
        endsRevokedSessions = true
        loop.schedule(after: Self.revocationDelay) { [weak self] in self?.endRevokedSessions() }
    }

    /// Ends every connection whose token does not count any more.
    private func endRevokedSessions() {
        endsRevokedSessions = false
        let now = Timestamp(milliseconds: WallClock.now())
        for session in sessions.values where isRevoked(session.identity, now: now) {
            status.add(.revokedDisconnects)
            disconnect(session, .expired, reason: Self.reason)
        }
        for id in subscriptionTokens.sessions {
            if let session = sessions[id] { endRevokedSubscriptions(of: session, now: now) }
        }
    }

    /// Ends subscriptions whose own tokens do not count any more; an SDK asks for another.
    private func endRevokedSubscriptions(of session: Session, now: Timestamp) {
        for (channel, token) in subscriptionTokens.tokens(of: session.id) {
            let isRevoked = revocations.covers(
                id: token.id,
                user: session.identity.user,
                issuedAt: token.issuedAt,
                now: now
            )
            guard isRevoked, let index = session.subscriptionIndex(of: channel) else { continue }
            // While the hub has not let it in there is nothing to take back yet.
            guard session.subscriptions[index].memberIndex != nil else {
                scheduleRevocations()
                continue
            }
            hub.send(.unsubscribed(session.id, channel: channel))
            unsubscribe(session, channel, .expired)
        }
    }

    private func isRevoked(_ identity: Identity, now: Timestamp) -> Bool {
        // All who have no token share this one.
        guard identity !== authorizer.anonymous else { return false }
        let claims = identity.claims
        // Somebody without a token, too, whom a plugin named.
        let mayHaveNone = identity.isReplaced && identity.tokenUser.isEmpty
        if mayHaveNone, claims.tokenID == nil, claims.issuedAt == nil { return false }
        return revocations.covers(
            id: claims.tokenID,
            user: identity.tokenUser,
            issuedAt: claims.issuedAt,
            now: now
        )
    }

    /// Forgets what is over; called about once a second.
    func sweepRevocations() {
        guard !revocations.isEmpty, seconds >= revocationSweep else { return }
        revocationSweep = seconds + Self.expiryInterval
        revocations.expire(now: Timestamp(milliseconds: WallClock.now()))
    }
}
