// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Live

/// One message of every kind, with every optional field once there and once not.
enum SampleMessages {
    static let session = SessionID(rawValue: 0x0102_0304_0506_0708)
    static let request = RequestID(rawValue: 9)
    static let identity = SessionIdentity(
        info: ClientInfo(
            user: "ana",
            client: ClientID(high: 1, low: 2),
            connectionInfo: Array("{}".utf8)
        ),
        name: "Ana",
        controlledStreams: ["show", "team-*"]
    )

    static let commands: [LiveCommand] = [
        .start(.init(stream: "show")),
        .start(
            .init(
                stream: "show",
                title: "T",
                meta: [0x7B, 0x7D],
                keep: true,
                idempotencyKey: "k"
            )
        ),
        .update(.init(stream: "show", title: "ü", meta: nil)),
        .stop(.init(stream: "show", reason: "done", generation: 3)),
        .get(stream: "show"),
        .list(.init(state: .interrupted, cursor: "c", limit: 10, visibleStreams: ["a", "b-*"])),
        .list(.init(limit: 50)),
        .mode(.init(stream: "show", slowSeconds: 5)),
        .sendComment(.init(stream: "show", text: "hi", replyTo: "1", idempotencyKey: "k")),
        .deleteComment(stream: "show", id: "7"),
        .timeoutUser(stream: "show", user: "bob", seconds: 60, reason: nil),
        .banUser(stream: "show", user: "bob", reason: "spam"),
        .unbanUser(stream: "show", user: "bob", reason: nil),
        .sendComment(.init(stream: "show", text: "hi", name: "Bot")),
        .interrupt(.init(stream: "show", generation: 4)),
        .resume(.init(stream: "show")),
        .cue(.init(stream: "show", name: "goal")),
        .cue(.init(stream: "show", name: "goal", data: [0x31])),
    ]

    static let requests: [HubRequest] =
        [
            .subscribe(
                .init(
                    channel: "live:show",
                    recover: Position(epoch: "e", offset: 5),
                    wantsPosition: true,
                    wantsRecovery: false
                )
            ),
            .subscribe(
                .init(channel: "feed", recover: nil, wantsPosition: false, wantsRecovery: true)
            ),
            .unsubscribe(channel: "feed"),
            .publish(channel: "feed", data: [0x31]),
            .publish(channel: "feed", data: [0x31], wantsPosition: true),
            .disconnectUser(.init(user: "bob", reason: "bye")),
            .revokeTokens(.init(target: .token("id"), expiresAt: 9)),
            .revokeTokens(.init(target: .user("bob"), issuedBefore: -1)),
            .revokeTokens(.init(target: .everyone)),
            .store(plugin: "media", .get(key: "k")),
            .store(plugin: "media", .set(.init(key: "k", value: [0x31], version: 3))),
            .store(plugin: "media", .set(.init(key: "k", value: [0x31]))),
            .store(plugin: "media", .delete(key: "k", version: 3)),
            .store(plugin: "media", .delete(key: "k", version: nil)),
            .store(plugin: "media", .list(.init(prefix: "p", after: "a", limit: 5))),
            .history(
                .init(
                    channel: "feed",
                    limit: 10,
                    since: Position(epoch: "e", offset: 1),
                    reverse: true
                )
            ),
            .presence(channel: "feed"),
            .presenceStats(channel: "feed"),
        ] + commands.map { .live($0, moderator: true) }

    static let fromWorker: [WorkerMessage] =
        [
            .hello(.init(worker: 2, pid: 4711)),
            .hello(.init(worker: 2, pid: 4711, incarnation: 8, takesNotices: true)),
            .noticeSeen("e-7"),
            .takesNotices(true),
            .attach(session, identity),
            .detach(session),
            .unsubscribed(session, channel: "feed"),
            .identified(session, identity),
            .resume(
                .init(
                    channel: "feed",
                    position: Position(epoch: "e", offset: 8),
                    subscribers: [.init(session: session, channelInfo: [0x31])]
                )
            ),
            .resume(.init(channel: "feed", position: nil, subscribers: [])),
        ] + requests.map { .request(request, session, $0) }

    static let fromHub: [HubMessage] = [
        .welcome(hub: 77),
        .reply(request, .success(.done)),
        .reply(
            request,
            .success(
                .subscribed(
                    .init(
                        isPositioned: true,
                        isRecoverable: true,
                        recovered: false,
                        missed: .init(epoch: "e", offset: 3, publications: [[1], [2, 3]]),
                        data: [0x7B, 0x7D]
                    )
                )
            )
        ),
        .reply(request, .success(.history(.init(epoch: "e", offset: 0, publications: [])))),
        .reply(request, .success(.presence(json: [0x7B, 0x7D]))),
        .reply(request, .success(.presenceStats(clients: 3, users: 2))),
        .reply(request, .success(.result(json: [0x31]))),
        .reply(request, .failure(ErrorReply(.slowMode, retryAfterMilliseconds: 1_500))),
        .reply(request, .failure(ErrorReply(.badRequest, "no text"))),
        .publication(.init(channel: "live:show", offset: 4, json: [0x7B, 0x7D])),
        .publication(.init(channel: "a", offset: 0, json: [0x31], handling: .latest)),
        .publication(.init(channel: "a", offset: 5, json: [0x31], handling: .control)),
        .publication(
            .init(
                channel: "a",
                offset: 6,
                json: [0x31],
                handling: .comment(by: session, ClientID(high: 1, low: 2))
            )
        ),
        .publication(
            .init(
                channel: "feed",
                offset: 0,
                json: [0x31],
                origin: .init(incarnation: .max, request: request)
            )
        ),
        .replaced(.init(channel: "live:show", offset: 3, json: [0x31])),
        .presenceChange(channel: "feed", .leave, info: [0x7B, 0x7D]),
        .positionLost(channel: "feed"),
        .unsubscribe(session, channel: "feed", code: 2000),
        .disconnect(session, code: 3503),
        .disconnect(session, code: 3503, reason: "bye"),
        .notice(.init(id: "e-7", kind: .stopped, stream: "show", json: [0x7B, 0x7D])),
        .viewerFigures(stream: "show", json: [0x7B, 0x7D]),
        .revocations([]),
        .revocations([
            .init(target: .token("id"), issuedBefore: .max, until: Timestamp(milliseconds: 5)),
            .init(target: .everyone, issuedBefore: 7, until: Timestamp(milliseconds: 6)),
        ]),
    ]
}
