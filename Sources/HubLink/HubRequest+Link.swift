// SPDX-License-Identifier: Apache-2.0

import Channels
import Live

extension HubRequest: LinkValue {
    private enum Tag: UInt8 {
        case subscribe = 1
        case unsubscribe
        case publish
        case history
        case presence
        case presenceStats
        case live
        case disconnectUser
        case store
        case revokeTokens
    }

    package func encode(into writer: inout LinkWriter) {
        switch self {
        case .subscribe(let subscribe):
            writer.write(Tag.subscribe.rawValue)
            writer.write(subscribe.channel)
            writer.write(subscribe.recover) { $1.encode(into: &$0) }
            writer.write(subscribe.wantsPosition)
            writer.write(subscribe.wantsRecovery)
        case .unsubscribe(let channel):
            writer.write(Tag.unsubscribe.rawValue)
            writer.write(channel)
        case .publish(let channel, let data, let wantsPosition):
            writer.write(Tag.publish.rawValue)
            writer.write(channel)
            writer.write(data)
            writer.write(wantsPosition)
        case .history(let history):
            writer.write(Tag.history.rawValue)
            writer.write(history.channel)
            writer.write(history.limit)
            writer.write(history.since) { $1.encode(into: &$0) }
            writer.write(history.reverse)
        case .presence(let channel):
            writer.write(Tag.presence.rawValue)
            writer.write(channel)
        case .presenceStats(let channel):
            writer.write(Tag.presenceStats.rawValue)
            writer.write(channel)
        case .live(let command, let moderator):
            writer.write(Tag.live.rawValue)
            command.encode(into: &writer)
            writer.write(moderator)
        case .revokeTokens(let command):
            writer.write(Tag.revokeTokens.rawValue)
            command.encode(into: &writer)
        case .disconnectUser(let command):
            writer.write(Tag.disconnectUser.rawValue)
            command.encode(into: &writer)
        case .store(let plugin, let command):
            writer.write(Tag.store.rawValue)
            writer.write(plugin)
            command.encode(into: &writer)
        }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let tag = try reader.unsigned(UInt8.self)
        switch Tag(rawValue: tag) {
        case .subscribe:
            self = .subscribe(
                Subscribe(
                    channel: try reader.string(),
                    recover: try reader.optional(Self.position),
                    wantsPosition: try reader.bool(),
                    wantsRecovery: try reader.bool()
                )
            )
        case .unsubscribe:
            self = .unsubscribe(channel: try reader.string())
        case .publish:
            self = .publish(
                channel: try reader.string(),
                data: try reader.byteString(),
                wantsPosition: try reader.bool()
            )
        case .history:
            self = .history(
                History(
                    channel: try reader.string(),
                    limit: try reader.integer(),
                    since: try reader.optional(Self.position),
                    reverse: try reader.bool()
                )
            )
        case .presence:
            self = .presence(channel: try reader.string())
        case .presenceStats:
            self = .presenceStats(channel: try reader.string())
        case .live:
            self = .live(try LiveCommand(from: &reader), moderator: try reader.bool())
        case .revokeTokens:
            self = .revokeTokens(try RevocationCommand(from: &reader))
        case .disconnectUser:
            self = .disconnectUser(try UserDisconnect(from: &reader))
        case .store:
            self = .store(plugin: try reader.string(), try StoreCommand(from: &reader))
        case nil:
            throw .unknownTag(tag, in: "HubRequest")
        }
    }

    private static func position(_ reader: inout LinkReader) throws(LinkError) -> Position {
        try Position(from: &reader)
    }
}
