// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
import Live
import Reactor
import Tokens
import WebServer

/// The successor's side: takes up what the old worker knew.
///
/// Everything is made before anything runs; `startImported` sets it going.
extension ClientGateway {
    /// Takes up the worker's state; sessions follow, then `importPending`.
    func importState(_ state: WorkerState) {
        startedAt = MonotonicTime(nanoseconds: state.startedAt)
        hello = WorkerMessage.Hello(
            worker: hello.worker,
            pid: hello.pid,
            incarnation: state.incarnation,
            takesNotices: hello.takesNotices
        )
        nextSessionID = state.nextSessionID
        nextReservation = state.nextReservation
        importPlugins(state.plugins)
        for revocation in state.revocations { revocations.add(revocation) }
        strayedSessions = state.staying
        for channel in state.channels {
            guard let name = try? ChannelName(channel.name) else { continue }
            audience(of: name).position = channel.position
        }
    }

    /// Takes up one session with its socket; one whose connection makes no sense is closed.
    func importSession(_ state: SessionState, descriptor: consuming Descriptor) {
        guard let server else { return }
        guard let connection = try? server.adopt(state.connection, descriptor: descriptor) else {
            if state.isAttached { strayedSessions.append(state.id) }
            return
        }
        let session = Session(
            id: state.id,
            client: state.client,
            connection: connection,
            identity: state.claims.map {
                Identity($0, inPlaceOf: state.tokenUser, state.replacedParts)
            } ?? authorizer.anonymous,
            connectDeadline: state.nextPing
        )
        setBudgets(
            state.commands.map { CommandBudgets(all: $0.all, ofClasses: $0.ofClasses) },
            of: session
        )
        session.pendingCount = state.pendingCount
        session.errorCount = state.errorCount
        session.isAttached = state.isAttached
        setPongDeadline(state.pongDeadline, of: session)
        session.expiresAt = state.expiresAt
        session.phase = phase(state.phase)
        connection.session = session
        sessions[session.id] = session
        if session.isAttached { users.enter(session.identity.user) }
        for membership in state.subscriptions { importMembership(membership, of: session) }
        replays += state.waiting.map {
            Replay(session: session, text: $0.text, number: $0.number)
        }
        if case .undecided(let messages) = state.phase { undecided.append((session, messages)) }
    }

    private func phase(_ phase: SessionState.Phase) -> Session.Phase {
        switch phase {
        case .awaitingConnect, .undecided: return .awaitingConnect
        case .connected: return .connected
        case .connecting(let state):
            let connect = PendingConnect(state.commandID, awaitedCount: state.awaitedCount)
            connect.subscribed = state.subscribed.map { ($0.channel, $0.reply) }
            connect.heldPushes = state.heldPushes.map { SharedFrame(encoded: $0) }
            for message in state.heldMessages { connect.held.append(message) }
            connect.data = state.data
            return .connecting(connect)
        }
    }

    private func importMembership(_ membership: SessionState.Membership, of session: Session) {
        guard let name = try? ChannelName(membership.channel) else { return }
        let audience = audience(of: name)
        audience.pendingCount += 1
        if let token = membership.token {
            subscriptionTokens.set(token, of: session.id, to: membership.channel)
        }
        session.subscriptions.append(
            Subscription(
                channel: audience,
                place: .awaited(reservation: membership.reservation ?? 0),
                traits: Subscription.Traits(rawValue: membership.traits),
                expiresAt: membership.expiresAt
            )
        )
        guard membership.reservation == nil else { return }
        audience.pendingCount -= 1
        audience.admit(session, subscriptionIndex: session.subscriptions.count - 1)
    }

    func importPending(_ state: PendingRequests.State) {
        pending.restore(state, sessions: sessions)
    }

    /// Lets the imported connections live; the hub link runs by now.
    func startImported() {
        for id in strayedSessions { hub.send(.detach(id)) }
        strayedSessions = []
        startPlugins()
        // Some may have come so late that the old worker had not carried them out.
        scheduleRevocations()
        for name in channels.values.filter(\.isUnused).map(\.name.text) { channels[name] = nil }
        guard let server else { return }
        for session in Array(sessions.values) { server.start(session.connection) }
    }
}

extension PendingRequests {
    mutating func restore(_ state: State, sessions: [SessionID: Session]) {
        nextID = state.nextID
        oldestID = state.entries.first?.id ?? nextID
        for entry in state.entries {
            guard let session = sessions[entry.session] else { continue }
            requests[entry.id] = PendingRequest(
                session: session,
                commandID: entry.commandID,
                purpose: entry.purpose,
                request: entry.request,
                deadline: entry.deadline,
                isAbandoned: entry.isAbandoned
            )
        }
    }
}
