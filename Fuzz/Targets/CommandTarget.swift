// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import JSON
import Live

/// A client's message: lines of commands, and the RPCs and comments in them.
enum CommandTarget: FuzzTarget {
    static let name = "command"

    static let seeds = texts(
        #"{"id":1,"connect":{"token":"a.b.c","data":{"x":1},"subs":{"live:a":{"recover":true,"epoch":"e","offset":7}}}}"#,
        #"{"id":2,"subscribe":{"channel":"live:a","recover":true,"epoch":"e","offset":7,"token":""}}"#,
        "{}\n{\"id\":3,\"ping\":{}}\n{\"id\":4,\"unsubscribe\":{\"channel\":\"a\"}}",
        #"{"id":5,"publish":{"channel":"live:a","data":{"text":"é ☀"}}}"#,
        #"{"id":6,"history":{"channel":"a","limit":10,"since":{"offset":1,"epoch":"e"},"reverse":true}}"#,
        #"{"id":7,"rpc":{"method":"live.start","data":{"stream":"a","title":"t","meta":{},"idempotency_key":"k"}}}"#,
        #"{"id":8,"rpc":{"method":"comment.send","data":{"stream":"a","text":"hi","reply_to":"c1"}}}"#,
        #"{"id":9,"rpc":{"method":"user.timeout","data":{"stream":"a","user":"u","seconds":10,"reason":"r"}}}"#,
        #"{"id":10,"rpc":{"method":"live.list","data":{"state":"live","cursor":"c","limit":5}}}"#,
        #"{"id":11,"rpc":{"method":"live.mode","data":{"stream":"a","slow_seconds":3}}}"#,
        #"{"id":12,"presence":{"channel":"a"}}"#,
        #"{"id":13,"presence_stats":{"channel":"a"}}"#,
        #"{"id":14,"refresh":{"token":"t"}}"#,
        #"{"id":15,"sub_refresh":{"channel":"a","token":"t"}}"#,
        #"{"send":{"data":null}}"#
    )

    private static let limits = JSONLimits(maximumByteCount: 4_096, maximumDepth: 16)

    /// Small, so that inputs of the fuzzer's size reach it.
    private static let liveLimits = {
        var limits = LiveLimits()
        limits.maximumMetaByteCount = 1_024
        return limits
    }()

    static func run(_ bytes: [UInt8]) {
        // What a plugin says is not even JSON for sure.
        explaining { () throws(ErrorReply) in
            _ = try HostCommand.decode(method: "live.start", parameters: bytes)
        }
        guard let lines = try? FrameLines.ranges(of: bytes.span, maximumCount: 64) else { return }
        for line in lines {
            do throws(CommandError) {
                let command = try CommandDecoder.decode(
                    bytes.span.extracting(line),
                    limits: limits
                )
                read(command.body)
            } catch {
                explain(error.reply)
            }
        }
    }

    private static func read(_ body: Command.Body) {
        switch body {
        case .rpc(let method, let data):
            explaining { () throws(ErrorReply) in
                _ = try LiveCommand.decode(method: method, data: data, limits: liveLimits)
            }
            explaining { () throws(ErrorReply) in
                _ = try OperatorCommand.decode(method: method, data: data)
            }
            // As if a plugin had asked.
            explaining { () throws(ErrorReply) in
                _ = try HostCommand.decode(method: method, parameters: data)
            }
        case .publish(_, let data):
            explaining { () throws(ErrorReply) in
                _ = try LiveCommand.decode(publishedTo: "a", data: data, limits: liveLimits)
            }
        default: break
        }
    }

    private static func explaining(_ body: () throws(ErrorReply) -> Void) {
        do throws(ErrorReply) { try body() } catch { explain(error) }
    }

    private static func explain(_ error: ErrorReply) {
        precondition(!error.message.isEmpty, "refused without a reason")
    }
}
