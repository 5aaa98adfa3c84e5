// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import Live

extension HubMessage: LinkValue {
    private enum Tag: UInt8 {
        case welcome = 1
        case success
        case failure
        case publication
        case presenceChange
        case positionLost
        case unsubscribe
        case disconnect
        case replaced
        case notice
        case viewerFigures
        /// A publication with an origin: a tag of its own, so that a worker that is newer than its
        /// hub, as in an upgrade, understands that one's publications.
        case originalPublication
        case revocations
    }

    package func encode(into writer: inout LinkWriter) {
        switch self {
        case .welcome(let hub):
            writer.write(Tag.welcome.rawValue)
            writer.write(hub)
        case .reply(let request, .success(let reply)):
            writer.write(Tag.success.rawValue)
            request.encode(into: &writer)
            reply.encode(into: &writer)
        case .reply(let request, .failure(let error)):
            writer.write(Tag.failure.rawValue)
            request.encode(into: &writer)
            error.encode(into: &writer)
        case .publication(let publication):
            guard let origin = publication.origin else {
                writer.write(Tag.publication.rawValue)
                publication.encode(into: &writer)
                return
            }
            writer.write(Tag.originalPublication.rawValue)
            writer.write(origin.incarnation)
            origin.request.encode(into: &writer)
            publication.encode(into: &writer)
        case .replaced(let publication):
            writer.write(Tag.replaced.rawValue)
            publication.encode(into: &writer)
        case .presenceChange(let channel, let change, let info):
            writer.write(Tag.presenceChange.rawValue)
            writer.write(channel)
            writer.write(change.rawValue)
            writer.write(info)
        case .positionLost(let channel):
            writer.write(Tag.positionLost.rawValue)
            writer.write(channel)
        case .unsubscribe(let session, let channel, let code):
            writer.write(Tag.unsubscribe.rawValue)
            session.encode(into: &writer)
            writer.write(channel)
            writer.write(code)
        case .disconnect(let session, let code, let reason):
            writer.write(Tag.disconnect.rawValue)
            session.encode(into: &writer)
            writer.write(code)
            writer.write(reason)
        case .notice(let notice):
            writer.write(Tag.notice.rawValue)
            notice.encode(into: &writer)
        case .viewerFigures(let stream, let json):
            writer.write(Tag.viewerFigures.rawValue)
            writer.write(stream)
            writer.write(json)
        case .revocations(let revocations):
            writer.write(Tag.revocations.rawValue)
            writer.write(revocations) { $1.encode(into: &$0) }
        }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let tag = try reader.unsigned(UInt8.self)
        switch Tag(rawValue: tag) {
        case .welcome:
            self = .welcome(hub: try reader.unsigned(UInt64.self))
        case .success:
            self = .reply(
                try RequestID(from: &reader),
                .success(try HubReply(from: &reader))
            )
        case .failure:
            self = .reply(
                try RequestID(from: &reader),
                .failure(try ErrorReply(from: &reader))
            )
        case .publication:
            self = .publication(try ChannelPublication(from: &reader))
        case .originalPublication:
            let origin = Origin(
                incarnation: try reader.unsigned(UInt64.self),
                request: try RequestID(from: &reader)
            )
            let plain = try ChannelPublication(from: &reader)
            self = .publication(
                ChannelPublication(
                    channel: plain.channel,
                    offset: plain.offset,
                    json: plain.json,
                    handling: plain.handling,
                    origin: origin
                )
            )
        case .replaced:
            self = .replaced(try ChannelPublication(from: &reader))
        case .presenceChange:
            let channel = try reader.string()
            let raw = try reader.unsigned(UInt8.self)
            guard let change = PresenceChange(rawValue: raw) else {
                throw .unknownTag(raw, in: "PresenceChange")
            }
            self = .presenceChange(channel: channel, change, info: try reader.byteString())
        case .positionLost:
            self = .positionLost(channel: try reader.string())
        case .unsubscribe:
            self = .unsubscribe(
                try SessionID(from: &reader),
                channel: try reader.string(),
                code: try reader.unsigned(UInt32.self)
            )
        case .disconnect:
            self = .disconnect(
                try SessionID(from: &reader),
                code: try reader.unsigned(UInt16.self),
                reason: try reader.string()
            )
        case .notice:
            self = .notice(try PluginNotice(from: &reader))
        case .viewerFigures:
            self = .viewerFigures(stream: try reader.string(), json: try reader.byteString())
        case .revocations:
            self = .revocations(
                try reader.list { (reader) throws(LinkError) in
                    try TokenRevocation(from: &reader)
                }
            )
        case nil:
            throw .unknownTag(tag, in: "HubMessage")
        }
    }
}

extension HubReply: LinkValue {
    private enum Tag: UInt8 {
        case done = 1
        case subscribed
        case history
        case presence
        case presenceStats
        case result
    }

    package func encode(into writer: inout LinkWriter) {
        switch self {
        case .done:
            writer.write(Tag.done.rawValue)
        case .subscribed(let subscribed):
            writer.write(Tag.subscribed.rawValue)
            subscribed.encode(into: &writer)
        case .history(let list):
            writer.write(Tag.history.rawValue)
            list.encode(into: &writer)
        case .presence(let json):
            writer.write(Tag.presence.rawValue)
            writer.write(json)
        case .presenceStats(let clients, let users):
            writer.write(Tag.presenceStats.rawValue)
            writer.write(clients)
            writer.write(users)
        case .result(let json):
            writer.write(Tag.result.rawValue)
            writer.write(json)
        }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let tag = try reader.unsigned(UInt8.self)
        switch Tag(rawValue: tag) {
        case .done:
            self = .done
        case .subscribed:
            self = .subscribed(try Subscribed(from: &reader))
        case .history:
            self = .history(try PublicationList(from: &reader))
        case .presence:
            self = .presence(json: try reader.byteString())
        case .presenceStats:
            self = .presenceStats(clients: try reader.integer(), users: try reader.integer())
        case .result:
            self = .result(json: try reader.byteString())
        case nil:
            throw .unknownTag(tag, in: "HubReply")
        }
    }
}

extension HubReply.PublicationList: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(epoch)
        writer.write(offset)
        writer.write(publications) { $0.write($1) }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            epoch: try reader.string(),
            offset: try reader.unsigned(UInt64.self),
            publications: try reader.list { (reader) throws(LinkError) in
                try reader.byteString()
            }
        )
    }
}

extension HubReply.Subscribed: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(isPositioned)
        writer.write(isRecoverable)
        writer.write(recovered) { $0.write($1) }
        missed.encode(into: &writer)
        writer.write(data)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            isPositioned: try reader.bool(),
            isRecoverable: try reader.bool(),
            recovered: try reader.optional { (reader) throws(LinkError) in
                try reader.bool()
            },
            missed: try HubReply.PublicationList(from: &reader),
            data: try reader.byteString()
        )
    }
}

extension HubMessage.ChannelPublication: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(channel)
        writer.write(offset)
        writer.write(json)
        handling.encode(into: &writer)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            channel: try reader.string(),
            offset: try reader.unsigned(UInt64.self),
            json: try reader.byteString(),
            handling: try PublicationHandling(from: &reader)
        )
    }
}
