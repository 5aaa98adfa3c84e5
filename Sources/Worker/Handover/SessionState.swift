// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
import Reactor
import Tokens
import WebServer
import WebSocket

/// One session and its connection, as they move to another process.
struct SessionState: Hashable {
    var id: SessionID
    var client: ClientID
    var connection: MovedConnection
    /// nil: the worker's anonymous identity.
    var claims: Claims?
    var phase: Phase
    var subscriptions: [Membership]
    /// nil: as much as anybody who has been quiet.
    var commands: Budgets?
    var pendingCount: UInt32
    var errorCount: UInt32
    var isAttached: Bool
    var nextPing: UInt32
    var pongDeadline: UInt32
    var expiresAt: UInt32
    /// `Identity.tokenUser`, where a plugin said otherwise than the token.
    var tokenUser: String?
    /// `Identity.replacedParts`.
    var replacedParts: Identity.Parts = []
    /// Commands that wait for plugins, or behind one that does.
    var waiting: [WaitingCommand] = []

    struct Budgets: Hashable {
        var all: CommandBudget
        var ofClasses: PerCommandClass<CommandBudget>
    }

    enum Phase: Hashable {
        case awaitingConnect
        /// A `connect` that plugins have not decided, and what came behind it.
        case undecided([[UInt8]])
        case connecting(Connecting)
        case connected
    }

    /// A `connect` whose server-side subscriptions are not all answered.
    struct Connecting: Hashable {
        var commandID: UInt32
        var awaitedCount: Int
        var subscribed: [Answer]
        /// Encoded frames.
        var heldPushes: [[UInt8]]
        var heldMessages: [[UInt8]]
        /// The reply's `data`; empty when there is none.
        var data: [UInt8] = []
    }

    struct Answer: Hashable {
        var channel: String
        var reply: HubReply.Subscribed
    }

    struct Membership: Hashable {
        var channel: String
        /// `Subscription.Place.awaited`; nil for a member.
        var reservation: UInt32?
        var traits: UInt8
        var expiresAt: UInt32
        /// nil: it needed none.
        var token: SubscriptionToken?
    }
}

extension SessionState: LinkValue {
    func encode(into writer: inout LinkWriter) {
        id.encode(into: &writer)
        writer.write(client.high)
        writer.write(client.low)
        connection.encode(into: &writer)
        writer.write(claims?.payload()) { $0.write($1) }
        phase.encode(into: &writer)
        writer.write(subscriptions) { $1.encode(into: &$0) }
        writer.write(commands) { $1.encode(into: &$0) }
        writer.write(pendingCount)
        writer.write(errorCount)
        writer.write(isAttached)
        writer.write(nextPing)
        writer.write(pongDeadline)
        writer.write(expiresAt)
        writer.write(tokenUser) { $0.write($1) }
        writer.write(replacedParts.rawValue)
        writer.write(waiting) { $1.encode(into: &$0) }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        id = try SessionID(from: &reader)
        client = ClientID(
            high: try reader.unsigned(UInt64.self),
            low: try reader.unsigned(UInt64.self)
        )
        connection = try MovedConnection(from: &reader)
        if let payload = try reader.optionalByteString() {
            guard let read = try? ClaimsReader.read(payload) else { throw .invalidUTF8 }
            claims = read
        } else {
            claims = nil
        }
        phase = try Phase(from: &reader)
        subscriptions = try reader.list { (reader) throws(LinkError) in
            try Membership(from: &reader)
        }
        commands = try reader.optional { (reader) throws(LinkError) in
            try Budgets(from: &reader)
        }
        pendingCount = try reader.unsigned(UInt32.self)
        errorCount = try reader.unsigned(UInt32.self)
        isAttached = try reader.bool()
        nextPing = try reader.unsigned(UInt32.self)
        pongDeadline = try reader.unsigned(UInt32.self)
        expiresAt = try reader.unsigned(UInt32.self)
        tokenUser = try reader.optionalString()
        replacedParts = Identity.Parts(rawValue: try reader.unsigned(UInt8.self))
        waiting = try reader.list { (reader) throws(LinkError) in
            try WaitingCommand(from: &reader)
        }
    }
}

extension SessionState.Membership: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(channel)
        writer.write(reservation) { $0.write($1) }
        writer.write(traits)
        writer.write(expiresAt)
        writer.write(token) { writer, token in
            writer.write(token.id) { $0.write($1) }
            writer.write(token.issuedAt) { $0.write($1) }
        }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        channel = try reader.string()
        reservation = try reader.optional { (reader) throws(LinkError) in
            try reader.unsigned(UInt32.self)
        }
        traits = try reader.unsigned(UInt8.self)
        expiresAt = try reader.unsigned(UInt32.self)
        token = try reader.optional { (reader) throws(LinkError) in
            SubscriptionToken(
                id: try reader.optionalString(),
                issuedAt: try reader.optional { (reader) throws(LinkError) in
                    try reader.signed()
                }
            )
        }
    }
}

extension SessionState.Phase: LinkValue {
    func encode(into writer: inout LinkWriter) {
        switch self {
        case .awaitingConnect:
            writer.write(UInt8(0))
        case .connecting(let connecting):
            writer.write(UInt8(1))
            writer.write(connecting.commandID)
            writer.write(connecting.awaitedCount)
            writer.write(connecting.subscribed) { writer, answer in
                writer.write(answer.channel)
                answer.reply.encode(into: &writer)
            }
            writer.write(connecting.heldPushes) { $0.write($1) }
            writer.write(connecting.heldMessages) { $0.write($1) }
            writer.write(connecting.data)
        case .connected:
            writer.write(UInt8(2))
        case .undecided(let messages):
            writer.write(UInt8(3))
            writer.write(messages) { $0.write($1) }
        }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        switch try reader.unsigned(UInt8.self) {
        case 0: self = .awaitingConnect
        case 1:
            self = .connecting(
                SessionState.Connecting(
                    commandID: try reader.unsigned(UInt32.self),
                    awaitedCount: try reader.integer(),
                    subscribed: try reader.list { (reader) throws(LinkError) in
                        SessionState.Answer(
                            channel: try reader.string(),
                            reply: try HubReply.Subscribed(from: &reader)
                        )
                    },
                    heldPushes: try reader.list { (reader) throws(LinkError) in
                        try reader.byteString()
                    },
                    heldMessages: try reader.list { (reader) throws(LinkError) in
                        try reader.byteString()
                    },
                    data: try reader.byteString()
                )
            )
        case 2: self = .connected
        case 3:
            self = .undecided(
                try reader.list { (reader) throws(LinkError) in try reader.byteString() }
            )
        case let tag: throw .unknownTag(tag, in: "SessionState.Phase")
        }
    }
}

extension MovedConnection: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(peer.description)
        writer.write(compression.rawValue)
        writer.write(lastReceived.nanoseconds)
        writer.write(replay)
        writer.write(unprocessed)
        writer.write(unsent)
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        let peer = try reader.string()
        let raw = try reader.unsigned(UInt8.self)
        guard let compression = MessageCompression(rawValue: raw) else {
            throw .unknownTag(raw, in: "MessageCompression")
        }
        self.init(
            // A peer on a Unix socket has no name of its own.
            peer: (try? SocketAddress(parsing: peer)) ?? .unix(path: ""),
            compression: compression,
            lastReceived: MonotonicTime(nanoseconds: try reader.unsigned(UInt64.self)),
            replay: try reader.byteString(),
            unprocessed: try reader.byteString(),
            unsent: try reader.byteString()
        )
    }
}

extension SessionState.Budgets: LinkValue {
    func encode(into writer: inout LinkWriter) {
        all.encode(into: &writer)
        for commandClass in CommandClass.allCases {
            writer.write(ofClasses[commandClass]) { $1.encode(into: &$0) }
        }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        all = try CommandBudget(from: &reader)
        ofClasses = PerCommandClass()
        for commandClass in CommandClass.allCases {
            ofClasses[commandClass] = try reader.optional { (reader) throws(LinkError) in
                try CommandBudget(from: &reader)
            }
        }
    }
}

extension CommandBudget: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(available.bitPattern)
        writer.write(refilledAt)
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        let available = Float(bitPattern: try reader.unsigned(UInt32.self))
        self.init(
            available: available.isFinite ? available : 0,
            refilledAt: try reader.unsigned(UInt32.self)
        )
    }
}
