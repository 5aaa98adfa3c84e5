// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import Foundation
import JSON

struct TokenRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Have tokens refused that have not expired, and end their connections.",
        discussion: """
              tally token revoke --jti 8f31c2      the one token with this id
              tally token revoke --sub ana         all that Ana has until now
              tally token revoke --everyone --issued-before 1771000000

            To a client it is as if its token had expired: an application that asks for a new one \
            and gets it is back at once.
            """
    )

    @Option(help: "The token's own id.")
    var jti: String?

    @Option(help: "The user whose tokens are meant.")
    var sub: String?

    @Flag(help: "Every token.")
    var everyone = false

    @Option(
        help: ArgumentHelp(
            "Only tokens that were issued before this time; without it, up to now, this second "
                + "included.",
            valueName: "unix-seconds"
        )
    )
    var issuedBefore: Int64?

    @Option(
        help: ArgumentHelp(
            "How long until they have all expired, such as 90m or 7d: the server then forgets the "
                + "revocation.",
            valueName: "duration"
        )
    )
    var expireWithin: DurationArgument?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let targets = [jti != nil, sub != nil, everyone].filter { $0 }
        guard targets.count == 1 else {
            throw ValidationError("Name the tokens by one of --jti, --sub and --everyone.")
        }
        guard jti == nil || issuedBefore == nil else {
            throw ValidationError("--issued-before goes with --sub or --everyone.")
        }
    }

    func run() throws {
        let conversation = try Conversation(
            connection,
            channels: [sub.map { "#" + $0 } ?? "*"],
            allowing: [.moderate]
        )
        let now = Int64(Date().timeIntervalSince1970)
        let result = try conversation.call("token.revoke", isRepeatable: true) { data in
            data.member("jti", jti)
            data.member("user", sub)
            if everyone {
                data.key("everyone")
                data.bool(true)
            }
            if let issuedBefore {
                data.key("issued_before")
                data.integer(issuedBefore)
            }
            if let expireWithin {
                data.key("expires_at")
                data.integer(now + expireWithin.duration.components.seconds)
            }
        }
        conversation.end()
        if output.json {
            return Console.print(String(decoding: result.serialized(), as: UTF8.self))
        }
        Console.print("Revoked.")
    }
}
