// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink
import Live
import Reactor
import TestSupport
import Testing
import Tokens
import WebServer

@testable import Worker

/// What moves between an old worker and its successor arrives whole or is refused.
@Suite struct HandoverMessageTests {
    private static let connection = MovedConnection(
        peer: .unix(path: ""),
        lastReceived: MonotonicTime(nanoseconds: 5),
        replay: [1, 0x80, 0, 0, 0, 0],
        unprocessed: [1, 2],
        unsent: [3]
    )

    private static let connecting = SessionState.Connecting(
        commandID: 1,
        awaitedCount: 2,
        subscribed: [
            SessionState.Answer(
                channel: "#ana",
                reply: HubReply.Subscribed(
                    isPositioned: true,
                    isRecoverable: true,
                    recovered: nil,
                    missed: .init(epoch: "e", offset: 2, publications: []),
                    data: []
                )
            )
        ],
        heldPushes: [[0x81, 0]],
        heldMessages: [[0x7B]],
        data: [0x31]
    )

    private static func session(_ phase: SessionState.Phase, _ claims: Claims?) -> SessionState {
        SessionState(
            id: SessionID(rawValue: 4),
            client: ClientID(high: 1, low: 2),
            connection: connection,
            claims: claims,
            phase: phase,
            subscriptions: [
                SessionState.Membership(
                    channel: "live:show",
                    reservation: nil,
                    traits: 3,
                    expiresAt: 9
                ),
                SessionState.Membership(
                    channel: "live:next",
                    reservation: 6,
                    traits: 0,
                    expiresAt: 0,
                    token: SubscriptionToken(id: claims == nil ? nil : "t", issuedAt: 7)
                ),
            ],
            commands: claims == nil
                ? nil
                : SessionState.Budgets(
                    all: CommandBudget(burst: 5, now: 1),
                    ofClasses: PerCommandClass(query: CommandBudget(burst: 3, now: 2))
                ),
            pendingCount: 1,
            errorCount: 2,
            isAttached: true,
            nextPing: 3,
            pongDeadline: 4,
            expiresAt: 5,
            tokenUser: claims == nil ? nil : "bob",
            replacedParts: claims == nil ? [] : [.user, .capabilities],
            waiting: claims == nil ? [] : [WaitingCommand(number: 3, text: [0x7B])]
        )
    }

    private static let pending = PendingRequests.State(
        nextID: 9,
        entries: [
            .connectSubscribe(channel: "a", reservation: 1),
            .connectSubscribe(channel: "a", reservation: 1, data: [0x31]),
            .subscribe(
                PendingRequest.Subscribing(
                    channel: "b",
                    reservation: 3,
                    rejectsUnrecovered: true,
                    recover: Position(epoch: "e", offset: 1),
                    data: [0x31]
                )
            ),
            .unsubscribe, .publish, .history, .presence, .presenceStats, .rpc,
        ].enumerated().map { index, purpose in
            PendingRequests.Entry(
                id: UInt64(index + 1),
                session: SessionID(rawValue: 4),
                commandID: 7,
                purpose: purpose,
                request: .presence(channel: "a"),
                deadline: 8,
                isAbandoned: index == 2
            )
        }
    )

    private static let messages: [HandoverMessage] = [
        .takeOver(format: 1), .refused, .ready, .go,
        .begin(
            WorkerState(
                startedAt: 1,
                incarnation: 7,
                nextSessionID: 2,
                nextReservation: 3,
                channels: [
                    WorkerState.Channel(name: "a", position: Position(epoch: "e", offset: 3)),
                    WorkerState.Channel(name: "b", position: nil),
                ],
                pending: pending,
                plugins: PluginState(
                    sessions: [.init(plugin: "media", session: SessionID(rawValue: 5))],
                    calls: [
                        .init(
                            id: RequestID(rawValue: 6),
                            plugin: "media",
                            request: .store(plugin: "media", .get(key: "k")),
                            deadline: 7
                        )
                    ],
                    notices: [.init(id: "e-1", kind: .started, stream: "s", json: [0x7B, 0x7D])]
                ),
                revocations: [
                    .init(
                        target: .user("eve"),
                        issuedBefore: 4,
                        until: Timestamp(milliseconds: 5)
                    )
                ],
                staying: [SessionID(rawValue: 8)]
            )
        ),
        .session(session(.awaitingConnect, nil)),
        .session(session(.undecided([[0x7B], [0x7D]]), nil)),
        .session(session(.connecting(connecting), Claims(user: "ana"))),
        .session(
            session(
                .connected,
                Claims(
                    user: "ana",
                    expiresAt: 1,
                    info: Array(#"{"name":"Ana"}"#.utf8),
                    name: "Ana",
                    capabilities: [
                        Capability(channels: ["live:*"], match: .wildcard, allow: [.publish])
                    ]
                )
            )
        ),
        .end(HubLinkState(isConnected: true, received: [1], unsent: [2, 3])),
    ]

    private static func body(of message: HandoverMessage) -> [UInt8] {
        var writer = LinkWriter()
        writer.append(message)
        return Array(writer.bytes.dropFirst(4))
    }

    @Test func everyMessageArrivesAsItWasSent() throws {
        for message in Self.messages {
            let body = Self.body(of: message)
            let read = try LinkReader.decode(HandoverMessage.self, from: body[...])
            // Encoded again, since equal bytes are what matters.
            #expect(Self.body(of: read) == body)
        }
    }

    /// Fails when something is encoded otherwise than it was.
    ///
    /// Raise `HandoverMessage.format`, then put
    /// what the failure shows here.
    @Test func everyMessageIsEncodedAsItsFormatSays() {
        #expect(HandoverMessage.format == 5)
        #expect(Self.messages.map { fingerprint(Self.body(of: $0)) } == Self.fingerprints)
    }

    private static let fingerprints = [
        "5:780818b6fe123b7d",
        "1:af63bf4c8601bb45",
        "1:af63bb4c8601b479",
        "1:af63ba4c8601b2c6",
        "579:9cfebc67e36eb47a",
        "152:ebd2d88a6b3bd9f4",
        "166:73018f1d36d6b421",
        "287:73daf2db0b79bffe",
        "313:c761ca1ecbd977cc",
        "13:efe1e9d44c1ccbe8",
    ]

    @Test func aMessageCutAnywhereIsRefused() {
        for message in Self.messages {
            let body = Self.body(of: message)
            for count in 0..<body.count {
                #expect(throws: LinkError.self) {
                    try LinkReader.decode(HandoverMessage.self, from: body.prefix(count))
                }
            }
        }
    }

    @Test func hostileMessagesNeverCrashTheReader() {
        var generator = SeededGenerator(seed: 11)
        for message in Self.messages {
            for _ in 0..<500 {
                var body = Self.body(of: message)
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let index = Int.random(in: 0..<body.count, using: &generator)
                    body[index] = UInt8.random(in: 0...255, using: &generator)
                }
                _ = try? LinkReader.decode(HandoverMessage.self, from: body[...])
            }
        }
    }
}
