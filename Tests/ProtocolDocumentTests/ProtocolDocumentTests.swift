// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Live
import Testing
import Tokens

/// Holds the tables of docs/protocol.md against the code: the same rows, in the same order.
@Suite struct ProtocolDocumentTests {
    let document: ProtocolDocument

    init() throws {
        document = try ProtocolDocument()
    }

    @Test func errors() throws {
        let rows = try document.table(under: "Errors", columns: ["code", "message", "temporary"])
        #expect(
            rows
                == ErrorCode.allCases.map {
                    ["\($0.rawValue)", $0.message, $0.isTemporary ? "yes" : "no"]
                }
        )
    }

    @Test func closeCodes() throws {
        let rows = try document.table(
            under: "Close codes",
            columns: ["code", "reason", "then the client"]
        )
        #expect(
            rows
                == Disconnect.allCases.map {
                    ["\($0.rawValue)", $0.reason, $0.clientReconnects ? "reconnects" : "stops"]
                }
        )
    }

    /// RFC 6455 §5.5 leaves 123 bytes; the protocol's SDKs log 32.
    @Test func closeReasonsAreShortASCII() {
        for disconnect in Disconnect.allCases {
            #expect(disconnect.reason.utf8.count <= 32)
            #expect(disconnect.reason.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            #expect((3_000...3_999).contains(disconnect.rawValue))
        }
    }

    @Test func unsubscribeCodes() throws {
        let rows = try document.table(
            under: "Unsubscribe codes",
            columns: ["code", "reason", "then the client"]
        )
        #expect(
            rows
                == Unsubscribe.allCases.map {
                    [
                        "\($0.rawValue)", $0.reason,
                        $0.rawValue < 2_500 ? "stops" : "subscribes again",
                    ]
                }
        )
    }

    @Test func methods() throws {
        let rows = try document.table(under: "Methods", columns: ["method", "fields", "result"])
        #expect(rows.map { $0[0] } == Method.allCases.map(\.rawValue))
    }

    @Test func pushes() throws {
        let rows = try document.table(under: "Pushes", columns: ["push", "value"])
        #expect(rows.map { $0[0] } == Push.allCases.map(\.rawValue))
    }

    @Test func permissionWords() throws {
        let rows = try document.table(under: "Tokens", columns: ["word", "allows to"])
        #expect(rows.map { $0[0] } == PermissionName.allCases.map(\.rawValue))
    }

    @Test func claimLimits() throws {
        let rows = try document.table(under: "Tokens", columns: ["claim", "is", "limit"])
        let limits = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[2]) })
        for claim in ["sub", "jti", "iss", "channel"] {
            #expect(limits[claim] == "\(TokenLimit.name) bytes")
        }
        #expect(limits["info"] == "\(TokenLimit.info) bytes")
        #expect(limits["aud"] == "\(TokenLimit.audiences) entries")
        #expect(limits["caps"] == "\(TokenLimit.capabilities) entries")
    }

    @Test func limits() throws {
        let rows = try document.table(under: "Limits", columns: ["of", "most", "unit"])
        #expect(
            rows.map { $0[1] }
                == [
                    FieldLimit.channel, FieldLimit.epoch, FieldLimit.clientName,
                    FieldLimit.rpcMethod, FieldLimit.connectSubscriptions, TokenLimit.token,
                    TokenLimit.header, TokenLimit.depth, TokenLimit.channelsPerCapability,
                    TokenLimit.allowances,
                ].map { "\($0)" }
        )
    }

    @Test func rpcMethods() throws {
        let rows = try document.table(
            under: "RPC methods",
            columns: ["method", "data", "result", "needs"]
        )
        #expect(rows.map { $0[0] } == LiveCommand.Method.allCases.map(\.rawValue))
        let others = try document.table(
            under: "Operators' methods",
            columns: ["method", "data", "result", "needs"]
        )
        #expect(others.map { $0[0] } == OperatorCommand.Method.allCases.map(\.rawValue))
    }

    /// Each row's data is taken by the decoder, and its permission is the code's.
    @Test func rpcFieldsAndPermissions() throws {
        let values = [
            "stream": #""show""#, "title": #""t""#, "meta": "{}", "keep": "true",
            "idempotency_key": #""k""#, "reason": #""r""#, "generation": "1",
            "state": #""live""#, "cursor": #""c""#, "limit": "1", "slow_seconds": "1",
            "text": #""hi""#, "reply_to": #""c""#, "id": #""c""#, "user": #""u""#,
            "seconds": "1",
        ]
        for row in try document.table(
            under: "RPC methods",
            columns: ["method", "data", "result", "needs"]
        ) {
            let fields = row[1].split(separator: ", ").map(String.init)
            let required = fields.filter { !$0.hasSuffix("?") }
            for names in [required, fields.map { $0.replacing("?", with: "") }] {
                let members = try names.map { #""\#($0)":\#(try #require(values[$0]))"# }
                let data = Array("{\(members.joined(separator: ","))}".utf8)
                let command = try LiveCommand.decode(method: row[0], data: data)
                let needed = PermissionName(rawValue: row[3])?.permission
                #expect(command.requiredPermission == needed, "\(row[0])")
            }
            for missing in required {
                let members = try required.filter { $0 != missing }
                    .map { #""\#($0)":\#(try #require(values[$0]))"# }
                let data = Array("{\(members.joined(separator: ","))}".utf8)
                #expect(throws: ErrorReply.self, "\(row[0]) without \(missing)") {
                    try LiveCommand.decode(method: row[0], data: data)
                }
            }
        }
    }

    @Test func streamStates() throws {
        #expect(StreamState.allCases.map(\.rawValue) == ["offline", "live", "interrupted"])
    }

    @Test func events() throws {
        let rows = try document.table(under: "Events", columns: ["type", "fields", "in history"])
        let figures = ViewerFigures(viewers: 1, uniqueViewers: 1, peakViewers: 1)
        let comment = LiveEvent.Comment(id: "c", text: "t", user: "u", name: "", replyTo: nil)
        let events: [LiveEvent] = [
            .started(title: "", meta: []), .updated(title: "", meta: []), .interrupted, .resumed,
            .stopped(reason: nil, totals: StreamTotals(of: LiveStream(id: "s"))),
            .mode(slowSeconds: 1), .comment(comment), .commentDeleted(id: "c", by: "u"),
            .userTimeout(user: "u", seconds: 1, reason: nil, by: "m"),
            .userBan(user: "u", reason: nil, by: "m"),
            .userUnban(user: "u", reason: nil, by: "m"), .cue(name: "c", data: []),
            .viewers(figures),
        ]
        #expect(rows.map { $0[0] } == events.map(\.type))
        #expect(rows.filter { $0[2] == "no" }.map { $0[0] } == ["viewers"])
    }
}
