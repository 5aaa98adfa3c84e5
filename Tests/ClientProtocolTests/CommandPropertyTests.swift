// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import JSON
import TestSupport
import Testing

@Suite struct CommandPropertyTests {
    static let commands = [
        #"{"id":1,"connect":{"token":"t","data":{"a": 1},"name":"js","subs":{"c":{"recover":true}}}}"#,
        #"{"id":2,"subscribe":{"channel":"live:a","recover":true,"epoch":"e","offset":5,"flag":1}}"#,
        #"{"id":3,"publish":{"channel":"c","data":{"text":"h\u00e9 \"q\" \\ ","n":[0.10,1e5]}}}"#,
        #"{"id":4,"history":{"channel":"c","limit":-1,"since":{"offset":3,"epoch":"e"}}}"#,
        #"{"rpc":{"data":[[],{}],"method":"live.start"},"id":4294967295}"#,
        #"{"send":{"data":null}}"#, #"{"id":7,"sub_refresh":{"channel":"c","token":"t"}}"#,
        #"{"id":8,"presence_stats":{"channel":"c"}}"#, #"{"id":9,"ping":{}}"#, "{}",
    ]

    @Test(arguments: commands)
    func everyTruncationIsRefused(command: String) throws {
        _ = try decode(command)
        let bytes = Array(command.utf8)
        for end in 0..<bytes.count {
            #expect(throws: CommandError.self) {
                try CommandDecoder.decode(Array(bytes[..<end]), limits: commandLimits)
            }
        }
    }

    @Test func nothingCrashesTheDecoder() throws {
        var generator = SeededGenerator(seed: 3)
        var taken = 0
        for round in 0..<5_000 {
            let source = Array(Self.commands[round % Self.commands.count].utf8)
            let damaged = Mutation.mutate(source, using: &generator)
            do throws(CommandError) {
                let command = try CommandDecoder.decode(damaged, limits: commandLimits)
                taken += 1
                for data in command.data where !data.isEmpty {
                    // What is passed on is one line of JSON.
                    #expect(!data.contains(0x0A))
                    #expect((try? JSONValue.parse(data, limits: commandLimits)) != nil)
                }
            } catch {
                #expect(error.id != 0)
                #expect(error.reply.code == ErrorCode.badRequest.rawValue)
                // The reply to it is JSON whatever was wrong.
                let reply = Encoder.errorReply(id: error.id ?? 1, error.reply)
                #expect((try? JSONValue.parse(reply, limits: commandLimits)) != nil)
            }
        }
        #expect(taken > 200)
    }

    @Test func nothingCrashesTheSplitter() {
        var generator = SeededGenerator(seed: 4)
        let frame = Array(Self.commands.joined(separator: "\n").utf8)
        for _ in 0..<2_000 {
            let damaged = Mutation.mutate(frame, using: &generator)
            let ranges = (try? FrameLines.ranges(of: damaged.span, maximumCount: 12)) ?? []
            #expect(ranges.count <= 12)
            for range in ranges { #expect(!damaged[range].contains(0x0A)) }
        }
    }
}

extension Command {
    fileprivate var data: [[UInt8]] {
        switch body {
        case .connect(let request): [request.data]
        case .subscribe(let request): [request.data]
        case .publish(_, let data), .send(let data), .rpc(_, let data): [data]
        default: []
        }
    }
}
