// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
import Live

/// What a worker knows beside its sessions.
struct WorkerState: Hashable {
    /// Monotonic nanoseconds at which the worker's own clock began; every deadline counts from it.
    var startedAt: UInt64
    /// As the hub knows it: it has answered requests under this name and their numbers.
    var incarnation: UInt64
    var nextSessionID: UInt64
    var nextReservation: UInt32
    var channels: [Channel]
    var pending: PendingRequests.State
    var plugins = PluginState()
    var revocations: [TokenRevocation] = []
    /// Sessions that the hub knows over this link and that stay behind, since TLS cannot move.
    var staying: [SessionID] = []

    struct Channel: Hashable {
        var name: String
        var position: Position?
    }
}

/// The hub link as it stands between two messages, beside its socket.
struct HubLinkState: Hashable {
    /// Whether there is a link, whose socket comes along; without one the successor makes its own.
    var isConnected: Bool
    /// Received and not a whole message yet.
    var received: [UInt8]
    /// Written and not sent yet.
    var unsent: [UInt8]
}

extension WorkerState: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(startedAt)
        writer.write(incarnation)
        writer.write(nextSessionID)
        writer.write(nextReservation)
        writer.write(channels) { writer, channel in
            writer.write(channel.name)
            writer.write(channel.position) { $1.encode(into: &$0) }
        }
        pending.encode(into: &writer)
        plugins.encode(into: &writer)
        writer.write(revocations) { $1.encode(into: &$0) }
        writer.write(staying) { $1.encode(into: &$0) }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        startedAt = try reader.unsigned(UInt64.self)
        incarnation = try reader.unsigned(UInt64.self)
        nextSessionID = try reader.unsigned(UInt64.self)
        nextReservation = try reader.unsigned(UInt32.self)
        channels = try reader.list { (reader) throws(LinkError) in
            Channel(
                name: try reader.string(),
                position: try reader.optional { (reader) throws(LinkError) in
                    try Position(from: &reader)
                }
            )
        }
        pending = try PendingRequests.State(from: &reader)
        plugins = try PluginState(from: &reader)
        revocations = try reader.list { (reader) throws(LinkError) in
            try TokenRevocation(from: &reader)
        }
        staying = try reader.list { (reader) throws(LinkError) in
            try SessionID(from: &reader)
        }
    }
}

extension HubLinkState: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(isConnected)
        writer.write(received)
        writer.write(unsent)
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        isConnected = try reader.bool()
        received = try reader.byteString()
        unsent = try reader.byteString()
    }
}
