// SPDX-License-Identifier: Apache-2.0

import Channels
import Testing

@testable import Tokens

@Suite struct CapabilityTests {
    @Test func permissionsOfAllThatCoverAddUp() throws {
        let claims = try claims(
            #"""
            {"caps":[{"channels":["live:*"],"match":"wildcard","allow":["sub"]},
            {"channels":["live:show","news"],"match":"exact","allow":["pub","hst","prs"]},
            {"channels":["live:show"],"allow":["ctl","mod"]}]}
            """#
        )
        #expect(claims.permissions(on: "live:other") == .subscribe)
        #expect(
            claims.permissions(on: "live:show")
                == [.subscribe, .publish, .history, .presence, .control, .moderate]
        )
        #expect(claims.permissions(on: "news") == [.publish, .history, .presence])
        #expect(claims.permissions(on: "new") == [])
        #expect(claims.permissions(on: "") == [])
    }

    @Test func exactNamesHaveNoPatterns() throws {
        let claims = try claims(#"{"caps":[{"channels":["live:*"],"allow":["sub"]}]}"#)
        #expect(claims.permissions(on: "live:a") == [])
        #expect(claims.permissions(on: "live:*") == .subscribe)
        #expect(claims.streams(allowing: .subscribe).isEmpty)
    }

    @Test func everyPermissionHasItsWord() {
        var all: Permissions = []
        for name in PermissionName.allCases { all.formUnion(name.permission) }
        #expect(all == [.subscribe, .publish, .history, .presence, .control, .moderate])
        #expect(
            PermissionName.allCases.map(\.rawValue) == ["sub", "pub", "hst", "prs", "ctl", "mod"]
        )
    }

    @Test(arguments: [
        ("live:*", ["*"]), ("*", ["*"]), ("live:a*", ["a*"]), ("live:show", ["show"]),
        ("li*", ["*"]), ("news:*", []), ("live", []), ("live:", []),
        ("*:show", ["show", "*:show"]),
        ("*show", ["*show"]), ("l*:a", ["a", "*:a"]), ("**", ["**"]), ("x*", []),
    ])
    func patternsOfStreams(channel: String, streams: [String]) {
        let capability = Capability(channels: [channel], match: .wildcard, allow: .control)
        let claims = Claims(user: "", capabilities: [capability])
        #expect(Set(claims.streams(allowing: .control)) == Set(streams))
        #expect(claims.streams(allowing: .moderate).isEmpty)
        // The patterns must say of every stream what the capability says of its channel.
        for id in ["a", "show", "ashow", "show-2", "aaa"] {
            let isCovered = streams.contains { NamePattern.matches($0, id) }
            #expect(isCovered == capability.covers("live:\(id)"))
        }
    }

    @Test func secretsLoseTheirNewline() {
        #expect(TokenSecret.trimmed(Array("a b \t\r\n\n".utf8)) == Array("a b".utf8))
        #expect(TokenSecret.trimmed([]) == [])
        var generator = SystemRandomNumberGenerator()
        let secret = TokenSecret.random(using: &generator)
        #expect(secret.count == 64)
        #expect(secret != TokenSecret.random(using: &generator))
    }
}
