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

    static func run(_ bytes: [UInt8]) {
        guard let lines = try? FrameLines.ranges(of: bytes.span, maximumCount: 64) else { return }
        for line in lines {
            guard
                let command = try? CommandDecoder.decode(
                    bytes.span.extracting(line),
                    limits: limits
                )
            else { continue }
            switch command.body {
            case .rpc(let method, let data):
                _ = try? LiveCommand.decode(method: method, data: data)
            case .publish(_, let data):
                _ = try? LiveCommand.decode(
                    publishedTo: "a",
                    data: data,
                    limits: LiveLimits()
                )
            default: break
            }
        }
    }
}
