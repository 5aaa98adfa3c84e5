// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Live

/// The link between hub and workers, read from either end.
enum HubLinkTarget: FuzzTarget {
    static let name = "hub-link"

    static var seeds: [[UInt8]] {
        let session = SessionID(rawValue: 7)
        let identity = SessionIdentity(
            info: ClientInfo(
                user: "ana",
                client: ClientID(high: 1, low: 2),
                connectionInfo: Array("{}".utf8)
            ),
            name: "Ana",
            controlledStreams: ["a*"]
        )
        let position = Position(epoch: "e", offset: 9)
        let requests: [HubRequest] = [
            .subscribe(
                .init(channel: "c", recover: position, wantsPosition: true, wantsRecovery: true)
            ),
            .history(.init(channel: "c", limit: 3, since: position, reverse: true)),
            .publish(channel: "c", data: [0x31]), .presence(channel: "c"),
            .live(.start(.init(stream: "a", title: "t", idempotencyKey: "k")), moderator: false),
            .live(.list(.init(state: .live, cursor: "c", limit: 2)), moderator: true),
            .live(.sendComment(.init(stream: "a", text: "hi", replyTo: "c")), moderator: false),
        ]
        let fromWorker: [WorkerMessage] =
            [
                .hello(.init(worker: 1, pid: 2, incarnation: 3)), .attach(session, identity),
                .detach(session), .unsubscribed(session, channel: "c"),
                .resume(
                    .init(channel: "c", position: position, subscribers: [.init(session: session)])
                ),
                .identified(session, identity),
            ] + requests.map { .request(RequestID(rawValue: 1), session, $0) }
        let list = HubReply.PublicationList(epoch: "e", offset: 2, publications: [[0x7B, 0x7D]])
        let fromHub: [HubMessage] = [
            .welcome(hub: 1), .reply(RequestID(rawValue: 1), .success(.history(list))),
            .reply(
                RequestID(rawValue: 2),
                .failure(ErrorReply(.slowMode, retryAfterMilliseconds: 5))
            ),
            .publication(.init(channel: "c", offset: 1, json: [0x31])), .positionLost(channel: "c"),
            .unsubscribe(session, channel: "c", code: 2_000), .disconnect(session, code: 3_000),
        ]
        return fromWorker.map(framed) + fromHub.map(framed)
    }

    private static func framed(_ message: some LinkValue) -> [UInt8] {
        var writer = LinkWriter()
        writer.append(message)
        return writer.take()
    }

    static func run(_ bytes: [UInt8]) {
        check(WorkerMessage.self, bytes)
        check(HubMessage.self, bytes)
    }

    private static func check<Message: LinkValue & Equatable>(
        _ type: Message.Type,
        _ bytes: [UInt8]
    ) {
        let place = cut(bytes)
        let whole = messages(type, [bytes[...]])
        precondition(whole == messages(type, [bytes[..<place], bytes[place...]]))
        for message in whole {
            // A text that was no UTF-8 was mended or refused: from then on it stays as it is.
            let frame = framed(message)
            precondition(messages(type, [frame[...]]) == [message], "another message comes back")
        }
    }

    private static func messages<Message: LinkValue>(
        _ type: Message.Type,
        _ pieces: [ArraySlice<UInt8>]
    ) -> [Message] {
        var framer = LinkFramer(limits: LinkLimits(maximumFrameByteCount: 4_096))
        var messages: [Message] = []
        for piece in pieces {
            framer.append(piece)
            precondition(framer.bufferedBytes.count == framer.bufferedByteCount)
            do throws(LinkError) {
                while let message = try framer.next(type) { messages.append(message) }
            } catch {
                // The link ends here: what follows in other pieces is not read either.
                return messages
            }
        }
        return messages
    }
}
