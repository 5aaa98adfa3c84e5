// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import JSON
import Testing

@Suite struct CommandLimitTests {
    @Test func lineSizeIsExact() throws {
        let line = Array(#"{"id":1,"ping":{}}"#.utf8)
        let exact = JSONLimits(maximumByteCount: line.count, maximumDepth: 32)
        _ = try CommandDecoder.decode(line, limits: exact)
        #expect(throws: CommandError.self) {
            try CommandDecoder.decode(line + [0x20], limits: exact)
        }
    }

    @Test func depthIsExactAndToldToTheSender() throws {
        func line(depth: Int) -> String {
            // The command and its fields are two deep.
            let open = String(repeating: "[", count: depth - 2)
            let close = String(repeating: "]", count: depth - 2)
            return #"{"id":5,"publish":{"channel":"c","data":\#(open)\#(close)}}"#
        }
        _ = try decode(line(depth: 32))
        let error = failure(line(depth: 33))
        #expect(error?.id == 5)
        guard case .malformed(let cause) = error?.reason else {
            Issue.record()
            return
        }
        #expect(cause.reason == .tooDeep)
    }

    @Test func numbersBeyondDoubleAreToldToTheSender() {
        let error = failure(#"{"id":5,"publish":{"channel":"c","data":1e400}}"#)
        #expect(error?.id == 5)
    }

    @Test func depthBombsAreRefused() {
        for text in ["[", #"{"a":"#, #"{"id":1,"rpc":["#] {
            let bomb = String(repeating: text, count: 65_536 / text.utf8.count)
            #expect(failure(bomb) != nil)
        }
    }

    @Test func channelLengthIsExact() throws {
        try checkLength(FieldLimit.channel, .tooLong(.presence, field: "channel")) {
            #"{"id":1,"presence":{"channel":"\#($0)"}}"#
        }
    }

    @Test func rpcMethodLengthIsExact() throws {
        try checkLength(FieldLimit.rpcMethod, .tooLong(.rpc, field: "method")) {
            #"{"id":1,"rpc":{"method":"\#($0)"}}"#
        }
    }

    @Test func clientNameLengthIsExact() throws {
        for field in ["name", "version"] {
            try checkLength(FieldLimit.clientName, .tooLong(.connect, field: field)) {
                #"{"id":1,"connect":{"\#(field)":"\#($0)"}}"#
            }
        }
    }

    @Test func epochLengthIsExact() throws {
        try checkLength(FieldLimit.epoch, .tooLong(.subscribe, field: "epoch")) {
            #"{"id":1,"subscribe":{"channel":"c","recover":true,"epoch":"\#($0)"}}"#
        }
        try checkLength(FieldLimit.epoch, .tooLong(.history, field: "epoch")) {
            #"{"id":1,"history":{"channel":"c","since":{"epoch":"\#($0)"}}}"#
        }
    }

    @Test func connectSubscriptionCountIsExact() throws {
        func line(count: Int) -> String {
            let subscriptions = (0..<count).map { #""c\#($0)":{}"# }.joined(separator: ",")
            return #"{"id":1,"connect":{"subs":{\#(subscriptions)}}}"#
        }
        _ = try decode(line(count: FieldLimit.connectSubscriptions))
        #expect(
            failure(line(count: FieldLimit.connectSubscriptions + 1))
                == CommandError(id: 1, .tooLong(.connect, field: "subs"))
        )
    }

    private func checkLength(
        _ limit: Int,
        _ reason: CommandError.Reason,
        line: (String) -> String
    ) throws {
        _ = try decode(line(String(repeating: "x", count: limit)))
        let long = line(String(repeating: "x", count: limit + 1))
        #expect(failure(long) == CommandError(id: 1, reason))
    }
}
