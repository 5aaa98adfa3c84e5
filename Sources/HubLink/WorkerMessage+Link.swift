// SPDX-License-Identifier: Apache-2.0

import Channels

extension WorkerMessage: LinkValue {
    private enum Tag: UInt8 {
        case hello = 1
        case attach
        case detach
        case unsubscribed
        case resume
        case request
        case identified
        case noticeSeen
        case takesNotices
    }

    package func encode(into writer: inout LinkWriter) {
        switch self {
        case .hello(let hello):
            writer.write(Tag.hello.rawValue)
            writer.write(hello.worker)
            writer.write(Int64(hello.pid))
            writer.write(hello.incarnation)
            writer.write(hello.takesNotices)
        case .attach(let session, let identity):
            writer.write(Tag.attach.rawValue)
            session.encode(into: &writer)
            identity.encode(into: &writer)
        case .detach(let session):
            writer.write(Tag.detach.rawValue)
            session.encode(into: &writer)
        case .unsubscribed(let session, let channel):
            writer.write(Tag.unsubscribed.rawValue)
            session.encode(into: &writer)
            writer.write(channel)
        case .resume(let resumption):
            writer.write(Tag.resume.rawValue)
            resumption.encode(into: &writer)
        case .request(let id, let session, let request):
            writer.write(Tag.request.rawValue)
            id.encode(into: &writer)
            session.encode(into: &writer)
            request.encode(into: &writer)
        case .identified(let session, let identity):
            writer.write(Tag.identified.rawValue)
            session.encode(into: &writer)
            identity.encode(into: &writer)
        case .noticeSeen(let notice):
            writer.write(Tag.noticeSeen.rawValue)
            writer.write(notice)
        case .takesNotices(let takes):
            writer.write(Tag.takesNotices.rawValue)
            writer.write(takes)
        }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let tag = try reader.unsigned(UInt8.self)
        switch Tag(rawValue: tag) {
        case .hello:
            let worker = try reader.integer()
            let pid = Int32(truncatingIfNeeded: try reader.signed())
            let incarnation = try reader.unsigned(UInt64.self)
            self = .hello(
                Hello(
                    worker: worker,
                    pid: pid,
                    incarnation: incarnation,
                    takesNotices: try reader.bool()
                )
            )
        case .attach:
            self = .attach(try SessionID(from: &reader), try SessionIdentity(from: &reader))
        case .detach:
            self = .detach(try SessionID(from: &reader))
        case .unsubscribed:
            self = .unsubscribed(try SessionID(from: &reader), channel: try reader.string())
        case .resume:
            self = .resume(try Resumption(from: &reader))
        case .identified:
            self = .identified(try SessionID(from: &reader), try SessionIdentity(from: &reader))
        case .request:
            self = .request(
                try RequestID(from: &reader),
                try SessionID(from: &reader),
                try HubRequest(from: &reader)
            )
        case .noticeSeen:
            self = .noticeSeen(try reader.string())
        case .takesNotices:
            self = .takesNotices(try reader.bool())
        case nil:
            throw .unknownTag(tag, in: "WorkerMessage")
        }
    }
}

extension WorkerMessage.Resumption: LinkValue {
    package func encode(into writer: inout LinkWriter) {
        writer.write(channel)
        writer.write(position) { $1.encode(into: &$0) }
        writer.write(subscribers) { writer, subscriber in
            subscriber.session.encode(into: &writer)
            writer.write(subscriber.channelInfo)
        }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self.init(
            channel: try reader.string(),
            position: try reader.optional { (reader) throws(LinkError) in
                try Position(from: &reader)
            },
            subscribers: try reader.list { (reader) throws(LinkError) in
                WorkerMessage.Subscriber(
                    session: try SessionID(from: &reader),
                    channelInfo: try reader.byteString()
                )
            }
        )
    }
}
