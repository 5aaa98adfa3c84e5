// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import JSON
import Testing

@Suite struct CommandDecoderTests {
    @Test func decodesConnect() throws {
        let line = #"""
            {"id":1,"connect":{"token":"t","data":{"a": 1},"name":"js","version":"5.0","subs":\#
            {"#ana":{"recover":true,"offset":7,"epoch":"e"},"news":{}}}}
            """#
        let command = try decode(line)
        guard case .connect(let request) = command.body else {
            Issue.record()
            return
        }
        #expect(command.id == 1)
        #expect(request.token == "t")
        #expect(request.data == Array(#"{"a":1}"#.utf8))
        #expect(request.name == "js")
        #expect(request.version == "5.0")
        #expect(request.subscriptions.map(\.channel) == ["#ana", "news"])
        #expect(request.subscriptions.first?.recover == Position(epoch: "e", offset: 7))
        #expect(request.subscriptions.last?.recover == nil)
    }

    @Test func decodesEmptyConnect() throws {
        #expect(try decode(#"{"id":1,"connect":{}}"#).body == .connect(ConnectRequest()))
        let emptyToken = #"{"id":1,"connect":{"token":"","subs":{},"data":null}}"#
        guard case .connect(let request) = try decode(emptyToken).body else {
            Issue.record()
            return
        }
        #expect(request.token == nil)
        #expect(request.data == Array("null".utf8))
    }

    @Test func decodesSubscribe() throws {
        let line = #"""
            {"subscribe":{"channel":"c","token":"t","recover":true,"epoch":"e","offset":5,\#
            "positioned":true,"recoverable":true,"join_leave":true,"flag":3,"data":[1]},"id":2}
            """#
        var expected = SubscribeRequest(channel: "c")
        expected.token = "t"
        expected.recover = Position(epoch: "e", offset: 5)
        expected.wantsPosition = true
        expected.wantsRecovery = true
        expected.wantsJoinLeave = true
        expected.rejectsUnrecovered = true
        expected.data = Array("[1]".utf8)
        #expect(try decode(line) == Command(id: 2, body: .subscribe(expected)))
    }

    @Test func positionWithoutRecoverIsIgnored() throws {
        let line = #"{"id":2,"subscribe":{"channel":"c","epoch":"e","offset":5,"flag":1}}"#
        #expect(try decode(line).body == .subscribe(SubscribeRequest(channel: "c")))
    }

    @Test func decodesHistory() throws {
        var expected = HistoryRequest(channel: "c")
        #expect(try decode(#"{"id":2,"history":{"channel":"c"}}"#).body == .history(expected))
        expected.limit = 10
        expected.since = Position(epoch: "e", offset: 3)
        expected.reverse = true
        let line = #"""
            {"id":2,"history":{"channel":"c","limit":10,"since":{"offset":3,"epoch":"e"},\#
            "reverse":true}}
            """#
        #expect(try decode(line).body == .history(expected))
    }

    @Test func negativeHistoryLimitAsksForAll() throws {
        var expected = HistoryRequest(channel: "c")
        expected.limit = Int(Int32.max)
        let line = #"{"id":2,"history":{"channel":"c","limit":-1}}"#
        #expect(try decode(line).body == .history(expected))
    }

    @Test(arguments: [
        (#"{"id":3,"unsubscribe":{"channel":"c"}}"#, Command.Body.unsubscribe(channel: "c")),
        (
            #"{"id":3,"publish":{"channel":"c","data":{"n":0.10}}}"#,
            .publish(channel: "c", data: Array(#"{"n":0.10}"#.utf8))
        ),
        (#"{"id":3,"publish":{"channel":"c","data":0}}"#, .publish(channel: "c", data: [0x30])),
        (#"{"id":3,"presence":{"channel":"c"}}"#, .presence(channel: "c")),
        (#"{"id":3,"presence_stats":{"channel":"c"}}"#, .presenceStats(channel: "c")),
        (#"{"id":3,"ping":{}}"#, .ping),
        (#"{"id":3,"send":{"data":""}}"#, .send(data: Array(#""""#.utf8))),
        (#"{"id":3,"rpc":{"method":"m"}}"#, .rpc(method: "m", data: [])),
        (
            #"{"id":3,"rpc":{"method":"m","data":null}}"#,
            .rpc(method: "m", data: Array("null".utf8))
        ),
        (#"{"id":3,"refresh":{"token":"t"}}"#, .refresh(token: "t")),
        (
            #"{"id":3,"sub_refresh":{"channel":"c","token":"t"}}"#,
            .subRefresh(channel: "c", token: "t")
        ),
        (#"{"id":3,"dance":{}}"#, .unknown),
        (#"{"id":3,"ping":{"extra":[]},"extra":1}"#, .ping),
        (#"{"id":3,"unsubscribe":{"channel":"c","token":null}}"#, .unsubscribe(channel: "c")),
    ])
    func decodes(line: String, body: Command.Body) throws {
        #expect(try decode(line) == Command(id: 3, body: body))
    }

    @Test func decodesWhatNeedsNoID() throws {
        #expect(try decode("{}") == Command(id: 0, body: .pong))
        #expect(try decode(" { } ") == Command(id: 0, body: .pong))
        #expect(try decode(#"{"send":{"data":1}}"#) == Command(id: 0, body: .send(data: [0x31])))
    }

    @Test func passesOnWhatWasWritten() throws {
        let data = #"[0.1,1e2,-0,123456789012345678901234567890,"\u00e9\/",{"k":" v "}]"#
        let spaced = data.replacing(",", with: " , ").replacing(":", with: "\t: ")
        let command = try decode(#"{"id":9,"publish":{"data":\#(spaced),"channel":"c"}}"#)
        #expect(command == Command(id: 9, body: .publish(channel: "c", data: Array(data.utf8))))
    }

    @Test func idsCoverUInt32() throws {
        #expect(try decode(#"{"id":1,"ping":{}}"#).id == 1)
        #expect(try decode(#"{"id":4294967295,"ping":{}}"#).id == .max)
    }

    @Test(arguments: [
        #"{"ping":{}}"#, #"{"id":0,"ping":{}}"#, #"{"id":-1,"ping":{}}"#,
        #"{"id":4294967296,"ping":{}}"#, #"{"id":"1","ping":{}}"#, #"{"id":1.5,"ping":{}}"#,
        #"{"id":1.0,"ping":{}}"#, #"{"id":null,"ping":{}}"#, #"{"id":true,"ping":{}}"#,
        #"{"id":99999999999999999999,"ping":{}}"#, #"{"dance":{}}"#, #"{"id":0,"dance":{}}"#,
        #"{"id":"x","send":{"data":1}}"#,
    ])
    func refusesUnusableIDs(line: String) {
        #expect(failure(line) == CommandError(id: nil, .invalidID))
    }

    @Test(arguments: [
        "", "{", "null x", "{]", "\u{0}", #"{"id":1,"id":2,"ping":{}}"#, #"{"id":1,"ping":{}}}"#,
        #"{"id":1,"publish":{"channel":"c","data":"\ud800"}}"#,
        #"{"id":1,"ping":{}}"# + "\u{0}", "{'id':1}", "\u{FEFF}{}",
    ])
    func refusesMalformedText(line: String) {
        guard case .malformed = failure(line)?.reason else {
            Issue.record()
            return
        }
        #expect(failure(line)?.id == nil)
    }

    @Test(arguments: ["1", "[]", #""x""#, "null", "true", #"[{"id":1,"ping":{}}]"#])
    func refusesWhatIsNoObject(line: String) {
        #expect(failure(line) == CommandError(id: nil, .notAnObject))
    }

    @Test(arguments: [
        (#"{"id":7}"#, CommandError.Reason.noMethod),
        (#"{"id":7,"ping":{},"rpc":{}}"#, .severalMethods),
        (#"{"id":7,"ping":[]}"#, .fieldsAreNoObject(.ping)),
        (#"{"id":7,"ping":null}"#, .fieldsAreNoObject(.ping)),
        (#"{"id":7,"publish":{"channel":"c"}}"#, .missing(.publish, field: "data")),
        (#"{"id":7,"publish":{"data":1}}"#, .missing(.publish, field: "channel")),
        (#"{"id":7,"publish":{"channel":"","data":1}}"#, .missing(.publish, field: "channel")),
        (#"{"id":7,"publish":{"channel":null,"data":1}}"#, .missing(.publish, field: "channel")),
        (#"{"id":7,"presence":{"channel":1}}"#, .wrongType(.presence, field: "channel")),
        (#"{"id":7,"send":{}}"#, .missing(.send, field: "data")),
        (#"{"id":7,"rpc":{"data":1}}"#, .missing(.rpc, field: "method")),
        (#"{"id":7,"refresh":{}}"#, .missing(.refresh, field: "token")),
        (#"{"id":7,"sub_refresh":{"channel":"c"}}"#, .missing(.subRefresh, field: "token")),
        (#"{"id":7,"connect":{"token":5}}"#, .wrongType(.connect, field: "token")),
        (#"{"id":7,"connect":{"name":{}}}"#, .wrongType(.connect, field: "name")),
        (#"{"id":7,"connect":{"subs":[]}}"#, .wrongType(.connect, field: "subs")),
        (#"{"id":7,"connect":{"subs":{"c":1}}}"#, .wrongType(.connect, field: "subs")),
        (#"{"id":7,"connect":{"subs":{"":{}}}}"#, .outOfRange(.connect, field: "subs")),
        (
            #"{"id":7,"subscribe":{"channel":"c","recover":1}}"#,
            .wrongType(.subscribe, field: "recover")
        ),
        (
            #"{"id":7,"subscribe":{"channel":"c","offset":"5"}}"#,
            .wrongType(.subscribe, field: "offset")
        ),
        (
            #"{"id":7,"subscribe":{"channel":"c","offset":-1}}"#,
            .outOfRange(.subscribe, field: "offset")
        ),
        (
            #"{"id":7,"subscribe":{"channel":"c","offset":9223372036854775808}}"#,
            .wrongType(.subscribe, field: "offset")
        ),
        (
            #"{"id":7,"subscribe":{"channel":"c","flag":"x"}}"#,
            .wrongType(.subscribe, field: "flag")
        ),
        (
            #"{"id":7,"history":{"channel":"c","limit":1.5}}"#,
            .wrongType(.history, field: "limit")
        ),
        (
            #"{"id":7,"history":{"channel":"c","limit":2147483648}}"#,
            .outOfRange(.history, field: "limit")
        ),
        (#"{"id":7,"history":{"channel":"c","since":3}}"#, .wrongType(.history, field: "since")),
    ])
    func refusesWithTheID(line: String, reason: CommandError.Reason) {
        #expect(failure(line) == CommandError(id: 7, reason))
    }

    @Test func errorsAreBadRequestsThatSayWhy() {
        let reply = failure(#"{"id":7,"presence":{"channel":1}}"#)?.reply
        #expect(reply?.code == 107)
        #expect(reply?.isTemporary == false)
        #expect(reply?.message == "bad request: presence.channel has the wrong type")
    }
}

let commandLimits = JSONLimits(maximumByteCount: 65_536, maximumDepth: 32)

func decode(_ line: String) throws(CommandError) -> Command {
    try CommandDecoder.decode(Array(line.utf8), limits: commandLimits)
}

func failure(_ line: String) -> CommandError? {
    do throws(CommandError) {
        _ = try decode(line)
        return nil
    } catch {
        return error
    }
}
