// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
import Reactor
import WebServer

/// One client's identity and subscriptions on this worker.
///
/// Holds nothing that could not be rebuilt, and no buffers: an idle viewer is this object, its
/// subscription list and its connection.
class Session {
    enum Phase {
        /// Nothing but `connect` is accepted.
        case awaitingConnect
        /// `connect` waits for plugins to let the client in.
        case undecided(UndecidedConnect)
        /// `connect` waits for the hub to answer for the server-side subscriptions.
        case connecting(PendingConnect)
        case connected
        case closed
    }

    let id: SessionID
    let client: ClientID
    let connection: Connection
    var identity: Identity
    var phase: Phase = .awaitingConnect
    var subscriptions = SubscriptionList()
    /// Commands that wait for the hub.
    ///
    /// Here it fills a gap: with 120 bytes a session needs a block of 128.
    var pendingCount: UInt32 = 0
    /// What it may still send; nil: as much as anybody who has been quiet.
    var commands: CommandBudgets?
    /// Commands refused as malformed.
    var errorCount: UInt32 = 0
    /// Whether the client is known to the hub.
    var isAttached = false
    /// Whether nothing has come since the last ping, as far as anybody looked.
    var isAwaitingPong = false
    /// Worker seconds of the next ping, once connected; of the end of patience, before.
    var nextPing: UInt32
    /// Worker seconds at which the token ends; 0: never.
    var expiresAt: UInt32 = 0

    required init(
        id: SessionID,
        client: ClientID,
        connection: Connection,
        identity: Identity,
        connectDeadline: UInt32
    ) {
        self.id = id
        self.client = client
        self.connection = connection
        self.identity = identity
        nextPing = connectDeadline
    }

    var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    /// Where messages wait until its `connect` has been answered; nil when they need not.
    var heldMessages: HeldMessages? {
        switch phase {
        case .undecided(let connect): connect.held
        case .connecting(let connect): connect.held
        case .awaitingConnect, .connected, .closed: nil
        }
    }

    /// Where its client is.
    var peer: SocketAddress { connection.peer }

    /// Whether it counts among a channel's viewers.
    var isViewer: Bool { true }

    func subscriptionIndex(of channel: String) -> Int? {
        subscriptions.firstIndex { $0.channel.name.text == channel }
    }

    /// nil where the reservation was withdrawn, though the channel may be reserved anew.
    func subscriptionIndex(of channel: String, reservation: UInt32) -> Int? {
        subscriptionIndex(of: channel).flatMap { index in
            subscriptions[index].place == .awaited(reservation: reservation) ? index : nil
        }
    }

    /// Where frames for many go, past this object; none while its `connect` is not answered.
    var directConnection: ConnectionID {
        if case .connected = phase { connection.id } else { .none }
    }

    /// Hands the session a frame of pushes, or keeps it until its `connect` has been answered.
    func push(_ frame: FanOutFrame) {
        switch phase {
        case .connected:
            guard connection.unsentByteCount > 0 else { return connection.send(frame.whole) }
            for part in frame.parts { connection.send(part) }
        case .connecting(let connect): connect.heldPushes.append(frame.whole)
        case .awaitingConnect, .undecided, .closed: break
        }
    }
}

/// A `connect` that waits until every server-side subscription is answered.
final class PendingConnect {
    let commandID: UInt32
    var awaitedCount: Int
    /// The subscriptions that were made, as they go into the reply.
    var subscribed: [(channel: String, reply: HubReply.Subscribed)] = []
    /// What the channels already published; bounded by the request timeout.
    var heldPushes: [SharedFrame] = []
    let held: HeldMessages
    /// The reply's `data` as JSON text, as plugins wanted it.
    var data: [UInt8] = []

    init(_ commandID: UInt32, awaitedCount: Int = 0, held: HeldMessages = HeldMessages()) {
        self.commandID = commandID
        self.awaitedCount = awaitedCount
        self.held = held
    }
}

/// Messages that a client sent without waiting for its `connect`: together no longer than one may be.
final class HeldMessages {
    private(set) var messages: [[UInt8]] = []
    private(set) var byteCount = 0

    func append(_ message: [UInt8]) {
        messages.append(message)
        byteCount += message.count
    }

    func take() -> [[UInt8]] {
        defer {
            messages = []
            byteCount = 0
        }
        return messages
    }
}
