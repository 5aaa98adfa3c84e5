// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
import Live
import Reactor
import WebServer

/// The old worker's side: what it knows, as a successor can take it up.
extension ClientGateway {
    func exportedState() -> WorkerState {
        WorkerState(
            startedAt: startedAt.nanoseconds,
            incarnation: hello.incarnation,
            nextSessionID: nextSessionID,
            nextReservation: nextReservation,
            channels: channels.values.map { audience in
                WorkerState.Channel(name: audience.name.text, position: audience.position)
            },
            pending: pending.exported(),
            plugins: exportedPlugins(),
            revocations: revocations.all,
            staying: sessions.values.filter {
                $0.isAttached && $0.connection.movableDescriptor == nil
            }.map(\.id)
        )
    }

    /// nil for a session whose connection cannot move.
    func exported(_ session: Session) -> SessionState? {
        guard let connection = session.connection.moved(), let phase = exportedPhase(of: session)
        else { return nil }
        let waiting = lines.entries(of: session)
        let tokens = subscriptionTokens.tokens(of: session.id)
        return SessionState(
            id: session.id,
            client: session.client,
            connection: connection,
            claims: session.identity === authorizer.anonymous ? nil : session.identity.claims,
            phase: phase,
            subscriptions: session.subscriptions.map { subscription in
                SessionState.Membership(
                    channel: subscription.channel.name.text,
                    reservation: subscription.reservation,
                    traits: subscription.traits.rawValue,
                    expiresAt: subscription.expiresAt,
                    token: tokens[subscription.channel.name.text]
                )
            },
            commands: session.commands.map {
                SessionState.Budgets(all: $0.all, ofClasses: $0.ofClasses)
            },
            // Those that wait are asked for anew, and counted anew.
            pendingCount: session.pendingCount - UInt32(waiting.count),
            errorCount: session.errorCount,
            isAttached: session.isAttached,
            nextPing: session.nextPing,
            pongDeadline: pongDeadline(of: session),
            expiresAt: session.expiresAt,
            tokenUser: session.identity.isReplaced ? session.identity.tokenUser : nil,
            replacedParts: session.identity.replacedParts,
            waiting: waiting.map { WaitingCommand(number: $0.number, text: $0.asked.text) }
        )
    }

    private func exportedPhase(of session: Session) -> SessionState.Phase? {
        switch session.phase {
        case .awaitingConnect: .awaitingConnect
        case .undecided(let connect): .undecided([connect.asked.text] + connect.held.messages)
        case .connected: .connected
        case .closed: nil
        case .connecting(let connect):
            .connecting(
                SessionState.Connecting(
                    commandID: connect.commandID,
                    awaitedCount: connect.awaitedCount,
                    subscribed: connect.subscribed.map {
                        SessionState.Answer(channel: $0.channel, reply: $0.reply)
                    },
                    heldPushes: connect.heldPushes.map(\.bytes),
                    heldMessages: connect.held.messages,
                    data: connect.data
                )
            )
        }
    }
}

extension PendingRequests {
    func exported() -> State {
        State(
            nextID: nextID,
            entries: requests.sorted { $0.key < $1.key }.map { id, request in
                Entry(
                    id: id,
                    session: request.session.id,
                    commandID: request.commandID,
                    purpose: request.purpose,
                    request: request.request,
                    deadline: request.deadline,
                    isAbandoned: request.isAbandoned
                )
            }
        )
    }
}
