// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import Live
import Testing

/// What plugins ask and how they change what clients ask, within the clients' limits.
@Suite struct HostCommandTests {
    private static func decode(
        _ method: String,
        _ parameters: String
    ) throws(ErrorReply) -> HostCommand {
        try HostCommand.decode(method: method, parameters: Array(parameters.utf8))
    }

    private static func code(_ method: String, _ parameters: String) -> UInt32? {
        do throws(ErrorReply) {
            _ = try decode(method, parameters)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func pluginsMayAskMoreThanClients() throws {
        for method in ["live.interrupt", "live.resume", "live.cue", "user.disconnect", "store.get"]
        {
            #expect(throws: ErrorReply(.methodNotFound)) {
                try LiveCommand.decode(method: method, data: Array(#"{"stream":"a"}"#.utf8))
            }
        }
        #expect(
            try Self.decode("live.interrupt", #"{"stream":"a","generation":3}"#)
                == .live(.interrupt(.init(stream: "a", generation: 3)))
        )
        #expect(
            try Self.decode("live.start", #"{"stream":"a"}"#)
                == .live(.start(.init(stream: "a", keep: true)))
        )
        #expect(
            try Self.decode("comment.send", #"{"stream":"a","text":"hi","name":" Bot "}"#)
                == .live(.sendComment(.init(stream: "a", text: "hi", name: "Bot")))
        )
        #expect(
            try Self.decode("channel.publish", #"{"channel":"f","data":null}"#)
                == .publish(channel: "f", data: Array("null".utf8))
        )
    }

    @Test func whatIsWrongIsRefused() {
        #expect(Self.code("live.made_up", "{}") == 104)
        #expect(Self.code("live.cue", #"{"stream":"a"}"#) == 107)
        #expect(Self.code("channel.publish", #"{"channel":"f"}"#) == 107)
        #expect(Self.code("channel.publish", #"{"data":1}"#) == 107)
        #expect(Self.code("user.disconnect", #"{"user":"a","reason":"\u{fc}"}"#) == 107)
        #expect(Self.code("live.get", "[]") == 107)
        #expect(Self.code("live.get", "{") == 107)
    }

    @Test func limitsHold() {
        func cue(_ count: Int, _ bytes: Int) -> UInt32? {
            let name = String(repeating: "n", count: count)
            let data = String(repeating: "d", count: bytes - 2)
            return Self.code("live.cue", #"{"stream":"a","name":"\#(name)","data":"\#(data)"}"#)
        }
        #expect(cue(64, 16 * 1024) == nil)
        #expect(cue(65, 16 * 1024) == 107)
        #expect(cue(64, 16 * 1024 + 1) == 107)
        func reason(_ count: Int) -> UInt32? {
            let text = String(repeating: "r", count: count)
            return Self.code("user.disconnect", #"{"user":"a","reason":"\#(text)"}"#)
        }
        #expect(reason(32) == nil)
        #expect(reason(33) == 107)
        func publication(_ bytes: Int) -> UInt32? {
            let text = String(repeating: "p", count: bytes - 2)
            return Self.code("channel.publish", #"{"channel":"f","data":"\#(text)"}"#)
        }
        #expect(publication(64 * 1024) == nil)
        #expect(publication(64 * 1024 + 1) == 107)
    }

    @Test func aReplacementTakesThePlaceOfWhatWasAsked() throws {
        func replaced(_ command: LiveCommand, _ data: String) throws(ErrorReply) -> LiveCommand {
            try command.replaced(by: Array(data.utf8), limits: LiveLimits())
        }
        let start = LiveCommand.start(.init(stream: "a", title: "T", keep: true))
        #expect(String(decoding: start.hookData, as: UTF8.self) == #"{"title":"T"}"#)
        #expect(
            try replaced(start, #"{"meta":{"k":1.50}}"#)
                == .start(.init(stream: "a", meta: Array(#"{"k":1.50}"#.utf8), keep: true))
        )
        let stop = LiveCommand.stop(.init(stream: "a", reason: "r", generation: 4))
        #expect(String(decoding: stop.hookData, as: UTF8.self) == #"{"reason":"r","generation":4}"#)
        #expect(try replaced(stop, "{}") == .stop(.init(stream: "a", generation: 4)))
        let comment = LiveCommand.sendComment(.init(stream: "a", text: "x", replyTo: "e-1"))
        #expect(
            String(decoding: comment.hookData, as: UTF8.self) == #"{"text":"x","reply_to":"e-1"}"#
        )
        #expect(
            try replaced(comment, #"{"text":" y "}"#)
                == .sendComment(.init(stream: "a", text: "y", replyTo: "e-1"))
        )
        #expect(throws: ErrorReply.self) { try replaced(comment, "{}") }
        #expect(throws: ErrorReply.self) { try replaced(comment, #"{"text":"  "}"#) }
    }
}
