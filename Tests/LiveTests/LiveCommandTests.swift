// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Live
import Testing

@Suite struct LiveCommandTests {
    private static func decode(_ method: String, _ data: String) throws(ErrorReply) -> LiveCommand {
        try LiveCommand.decode(method: method, data: Array(data.utf8))
    }

    private static func code(_ method: String, _ data: String) -> ErrorCode? {
        do throws(ErrorReply) {
            _ = try decode(method, data)
            return nil
        } catch {
            return ErrorCode(rawValue: error.code)
        }
    }

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test func decodesStart() throws {
        #expect(
            try Self.decode("live.start", #"{"stream":"a"}"#)
                == .start(
                    .init(stream: "a", title: nil, meta: nil, keep: false, idempotencyKey: nil)
                )
        )
        #expect(
            try Self.decode(
                "live.start",
                #"{"stream":"a","title":" T ","meta":{"k": [1.50, 12345678901234567890]},"keep":true,"#
                    + #""idempotency_key":"x","unknown":1}"#
            )
                == .start(
                    .init(
                        stream: "a",
                        title: "T",
                        meta: Array(#"{"k":[1.50,12345678901234567890]}"#.utf8),
                        keep: true,
                        idempotencyKey: "x"
                    )
                )
        )
    }

    @Test func decodesTheOthers() throws {
        #expect(
            try Self.decode("live.update", #"{"stream":"a","title":null}"#)
                == .update(.init(stream: "a", title: nil, meta: nil))
        )
        #expect(
            try Self.decode("live.stop", #"{"stream":"a","reason":"bye","generation":7}"#)
                == .stop(.init(stream: "a", reason: "bye", generation: 7))
        )
        #expect(try Self.decode("live.get", #"{"stream":"a"}"#) == .get(stream: "a"))
        #expect(
            try Self.decode("live.list", "") == .list(.init(state: nil, cursor: nil, limit: 50))
        )
        #expect(
            try Self.decode("live.list", #"{"state":"live","cursor":"a","limit":100}"#)
                == .list(.init(state: .live, cursor: "a", limit: 100))
        )
        #expect(
            try Self.decode("live.mode", #"{"stream":"a","slow_seconds":5}"#)
                == .mode(.init(stream: "a", slowSeconds: 5))
        )
        #expect(
            try Self.decode("comment.send", #"{"stream":"a","text":" hi ","reply_to":"e-1"}"#)
                == .sendComment(
                    .init(stream: "a", text: "hi", replyTo: "e-1", idempotencyKey: nil)
                )
        )
        #expect(
            try Self.decode("comment.delete", #"{"stream":"a","id":"e-1"}"#)
                == .deleteComment(stream: "a", id: "e-1")
        )
        #expect(
            try Self.decode("user.timeout", #"{"stream":"a","user":"u","seconds":60}"#)
                == .timeoutUser(stream: "a", user: "u", seconds: 60, reason: nil)
        )
        #expect(
            try Self.decode("user.ban", #"{"stream":"a","user":"u","reason":"spam"}"#)
                == .banUser(stream: "a", user: "u", reason: "spam")
        )
        #expect(
            try Self.decode("user.unban", #"{"stream":"a","user":"u"}"#)
                == .unbanUser(stream: "a", user: "u", reason: nil)
        )
    }

    @Test func takesAPublicationAsAComment() throws {
        #expect(
            try LiveCommand.decode(publishedTo: "a", data: Array(#"{"text":"hi"}"#.utf8))
                == .sendComment(
                    .init(stream: "a", text: "hi", replyTo: nil, idempotencyKey: nil)
                )
        )
        #expect(throws: ErrorReply(.badRequest, "data must be an object")) {
            try LiveCommand.decode(publishedTo: "a", data: Array("7".utf8))
        }
        #expect(throws: ErrorReply.self) { try LiveCommand.decode(publishedTo: "a", data: []) }
    }

    @Test(arguments: [
        ("live.begin", "{}", ErrorCode.methodNotFound),
        ("", "{}", .methodNotFound),
        ("live.start", "", .badRequest),
        ("live.start", "[]", .badRequest),
        ("live.start", "{", .badRequest),
        ("live.start", #"{"stream":1}"#, .badRequest),
        ("live.start", #"{"stream":"A"}"#, .badRequest),
        ("live.start", #"{"stream":"a","keep":1}"#, .badRequest),
        ("live.start", #"{"stream":"a","meta":[]}"#, .badRequest),
        ("live.start", #"{"stream":"a","title":7}"#, .badRequest),
        ("live.start", #"{"stream":"a","title":"a\nb"}"#, .badRequest),
        ("live.start", #"{"stream":"a","idempotency_key":""}"#, .badRequest),
        ("live.stop", #"{"stream":"a","generation":0}"#, .badRequest),
        ("live.stop", #"{"stream":"a","generation":-1}"#, .badRequest),
        ("live.stop", #"{"stream":"a","generation":1.5}"#, .badRequest),
        ("live.list", #"{"state":"paused"}"#, .badRequest),
        ("live.list", #"{"limit":0}"#, .badRequest),
        ("live.list", #"{"limit":101}"#, .badRequest),
        ("live.mode", #"{"stream":"a","slow_seconds":-1}"#, .badRequest),
        ("live.mode", #"{"stream":"a","slow_seconds":3601}"#, .badRequest),
        ("comment.send", #"{"stream":"a"}"#, .badRequest),
        ("comment.send", #"{"stream":"a","text":""}"#, .invalidText),
        ("comment.delete", #"{"stream":"a"}"#, .badRequest),
        ("user.timeout", #"{"stream":"a","user":"u"}"#, .badRequest),
        ("user.timeout", #"{"stream":"a","user":"u","seconds":0}"#, .badRequest),
        ("user.timeout", #"{"stream":"a","user":"u","seconds":1209601}"#, .badRequest),
        ("user.ban", #"{"stream":"a","user":""}"#, .badRequest),
    ])
    func refusesWhatDoesNotFit(method: String, data: String, expected: ErrorCode) {
        #expect(Self.code(method, data) == expected)
    }

    @Test func holdsEveryLimitToTheByte() {
        func expectLimit(_ limit: Int, _ method: String, _ data: (String) -> String) {
            #expect(Self.code(method, data(Self.text(limit))) == nil)
            #expect(Self.code(method, data(Self.text(limit + 1))) != nil)
        }
        expectLimit(200, "live.start") { #"{"stream":"a","title":"\#($0)"}"# }
        expectLimit(4_096 - 8, "live.start") { #"{"stream":"a","meta":{"k":"\#($0)"}}"# }
        expectLimit(64, "live.start") { #"{"stream":"a","idempotency_key":"\#($0)"}"# }
        expectLimit(64, "live.start") { #"{"stream":"\#($0)"}"# }
        expectLimit(200, "live.stop") { #"{"stream":"a","reason":"\#($0)"}"# }
        expectLimit(500, "comment.send") { #"{"stream":"a","text":"\#($0)"}"# }
        expectLimit(32, "comment.send") { #"{"stream":"a","text":"t","reply_to":"\#($0)"}"# }
        expectLimit(32, "comment.delete") { #"{"stream":"a","id":"\#($0)"}"# }
        expectLimit(255, "user.ban") { #"{"stream":"a","user":"\#($0)"}"# }
        expectLimit(65_536 - 25, "live.get") { #"{"stream":"a","other":"\#($0)"}"# }
    }

    @Test func asksForTheTablesPermission() throws {
        let expected: [LiveCommand.Method: Permissions] = [
            .start: .control, .update: .control, .stop: .control, .get: .subscribe,
            .list: .subscribe, .mode: .moderate, .sendComment: .publish,
            .deleteComment: .subscribe, .timeoutUser: .moderate, .banUser: .moderate,
            .unbanUser: .moderate,
        ]
        let data = #"{"stream":"a","text":"t","id":"e-1","user":"u","seconds":1}"#
        for method in LiveCommand.Method.allCases {
            let command = try Self.decode(method.rawValue, data)
            #expect(command.requiredPermission == expected[method])
            #expect(command.stream == (method == .list ? nil : "a"))
        }
    }
}
