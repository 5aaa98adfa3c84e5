// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink

extension PendingRequests {
    /// The requests that wait for the hub, as they move to another process.
    struct State: Hashable {
        var nextID: UInt64
        var entries: [Entry]
    }

    struct Entry: Hashable {
        var id: UInt64
        var session: SessionID
        var commandID: UInt32
        var purpose: PendingRequest.Purpose
        var request: HubRequest
        var deadline: UInt64
        var isAbandoned: Bool
    }
}

extension PendingRequests.State: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(nextID)
        writer.write(entries) { $1.encode(into: &$0) }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        nextID = try reader.unsigned(UInt64.self)
        entries = try reader.list { (reader) throws(LinkError) in
            try PendingRequests.Entry(from: &reader)
        }
    }
}

extension PendingRequests.Entry: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(id)
        session.encode(into: &writer)
        writer.write(commandID)
        purpose.encode(into: &writer)
        request.encode(into: &writer)
        writer.write(deadline)
        writer.write(isAbandoned)
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        id = try reader.unsigned(UInt64.self)
        session = try SessionID(from: &reader)
        commandID = try reader.unsigned(UInt32.self)
        purpose = try PendingRequest.Purpose(from: &reader)
        request = try HubRequest(from: &reader)
        deadline = try reader.unsigned(UInt64.self)
        isAbandoned = try reader.bool()
    }
}

extension PendingRequest.Purpose: LinkValue {
    private enum Tag: UInt8 {
        case connectSubscribe = 1
        case subscribe
        case unsubscribe
        case publish
        case history
        case presence
        case presenceStats
        case rpc
    }

    func encode(into writer: inout LinkWriter) {
        switch self {
        case .connectSubscribe(let channel, let reservation, let data):
            writer.write(Tag.connectSubscribe.rawValue)
            writer.write(channel)
            writer.write(reservation)
            writer.write(data) { $0.write($1) }
        case .subscribe(let subscribing):
            writer.write(Tag.subscribe.rawValue)
            subscribing.encode(into: &writer)
        case .unsubscribe: writer.write(Tag.unsubscribe.rawValue)
        case .publish: writer.write(Tag.publish.rawValue)
        case .history: writer.write(Tag.history.rawValue)
        case .presence: writer.write(Tag.presence.rawValue)
        case .presenceStats: writer.write(Tag.presenceStats.rawValue)
        case .rpc: writer.write(Tag.rpc.rawValue)
        }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        let tag = try reader.unsigned(UInt8.self)
        switch Tag(rawValue: tag) {
        case .connectSubscribe:
            self = .connectSubscribe(
                channel: try reader.string(),
                reservation: try reader.unsigned(UInt32.self),
                data: try reader.optionalByteString()
            )
        case .subscribe: self = .subscribe(try PendingRequest.Subscribing(from: &reader))
        case .unsubscribe: self = .unsubscribe
        case .publish: self = .publish
        case .history: self = .history
        case .presence: self = .presence
        case .presenceStats: self = .presenceStats
        case .rpc: self = .rpc
        case nil: throw .unknownTag(tag, in: "PendingRequest.Purpose")
        }
    }
}

extension PendingRequest.Subscribing: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(channel)
        writer.write(reservation)
        writer.write(rejectsUnrecovered)
        writer.write(recover) { $1.encode(into: &$0) }
        writer.write(recoversHere)
        writer.write(data) { $0.write($1) }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            channel: try reader.string(),
            reservation: try reader.unsigned(UInt32.self),
            rejectsUnrecovered: try reader.bool(),
            recover: try reader.optional { (reader) throws(LinkError) in
                try Position(from: &reader)
            },
            recoversHere: try reader.bool(),
            data: try reader.optionalByteString()
        )
    }
}
