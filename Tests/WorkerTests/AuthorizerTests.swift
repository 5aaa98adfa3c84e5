// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Live
import Manifest
import Testing
import Tokens

@testable import Worker

/// Who may do what: the token's capabilities, the manifest's rules, and nothing else.
@Suite struct AuthorizerTests {
    private let show: ChannelName
    private let feed: ChannelName

    init() throws {
        show = try ChannelName("live:show")
        feed = try ChannelName("scores")
    }

    @Test func aConnectionWithoutTokenSeesStreamsAndCannotComment() throws {
        let authorizer = Authorizer(configuration: Configuration())
        try authorizer.require(.subscribe, of: authorizer.anonymous, on: show)
        #expect(throws: ErrorReply(.permissionDenied)) {
            try authorizer.require(.publish, of: authorizer.anonymous, on: show)
        }
    }

    @Test func aTokenWithCapabilitiesGrantsThemAndNoMore() throws {
        let authorizer = Authorizer(configuration: Configuration())
        let identity = identity(["live:show"], .exact, [.publish])
        try authorizer.require(.publish, of: identity, on: show)
        #expect(throws: ErrorReply(.permissionDenied)) {
            try authorizer.require(.subscribe, of: identity, on: show)
        }
    }

    @Test func aTokenWithoutCapabilitiesMayWhatAnonymousMay() throws {
        let authorizer = Authorizer(configuration: Configuration())
        let identity = Identity(Claims(user: "ana"))
        try authorizer.require(.subscribe, of: identity, on: show)
    }

    @Test(
        arguments: [
            (["*"], .wildcard, true, true), (["#eve"], .exact, true, false),
            (["#*"], .wildcard, true, false), (["live:*"], .wildcard, false, false),
            (["*"], .exact, false, false), (["#bob"], .exact, false, false),
        ] as [([String], Capability.Match, Bool, Bool)]
    )
    func operatorsModerateAUserOrEverybody(
        channels: [String],
        match: Capability.Match,
        maySeeToEve: Bool,
        maySeeToAll: Bool
    ) throws {
        let authorizer = Authorizer(configuration: Configuration())
        func may(_ identity: Identity, _ method: String, _ data: String) throws -> Bool {
            let command = try #require(
                try OperatorCommand.decode(method: method, data: Array(data.utf8))
            )
            return (try? authorizer.require(command, of: identity)) != nil
        }
        let moderator = identity(channels, match, [.moderate])
        let user = #"{"user":"eve"}"#
        #expect(try may(moderator, "user.disconnect", user) == maySeeToEve)
        #expect(try may(moderator, "token.revoke", user) == maySeeToEve)
        for data in [#"{"jti":"a"}"#, #"{"everyone":true}"#] {
            #expect(try may(moderator, "token.revoke", data) == maySeeToAll)
        }
        let other = identity(channels, match, [.subscribe, .publish, .control])
        #expect(try !may(other, "user.disconnect", user))
        #expect(try !may(authorizer.anonymous, "user.disconnect", user))
    }

    @Test func anExactCapabilityReadsAStarAsAStar() throws {
        let authorizer = Authorizer(configuration: Configuration())
        let identity = identity(["live:*"], .exact, [.subscribe])
        #expect(throws: ErrorReply(.permissionDenied)) {
            try authorizer.require(.subscribe, of: identity, on: show)
        }
    }

    @Test func aRuleForSubscribersLetsOnlyThemPublish() throws {
        var configuration = Configuration()
        var rule = ChannelRule(pattern: "*")
        rule.publishing = .subscribers
        configuration.channels = [rule]
        let authorizer = Authorizer(configuration: configuration)
        try authorizer.require(
            .publish,
            of: authorizer.anonymous,
            on: feed,
            isSubscribed: true
        )
        #expect(throws: ErrorReply(.permissionDenied)) {
            try authorizer.require(
                .publish,
                of: authorizer.anonymous,
                on: feed,
                isSubscribed: false
            )
        }
    }

    @Test func aChannelThatNoRuleMatchesIsUnknown() {
        var configuration = Configuration()
        configuration.channels = []
        let authorizer = Authorizer(configuration: configuration)
        #expect(throws: ErrorReply(.unknownChannel)) {
            try authorizer.require(.subscribe, of: authorizer.anonymous, on: feed)
        }
    }

    @Test func aUserMaySeeItsOwnChannelAndNobodyElses() throws {
        var configuration = Configuration()
        configuration.userChannels = true
        let authorizer = Authorizer(configuration: configuration)
        let ana = Identity(Claims(user: "ana"))
        try authorizer.require(.subscribe, of: ana, on: try ChannelName("#ana"))
        #expect(throws: ErrorReply(.permissionDenied)) {
            try authorizer.require(.subscribe, of: ana, on: try ChannelName("#bob"))
        }
    }

    @Test(arguments: [
        ("", ErrorCode.badRequest), ("with space", .badRequest), ("live:UPPER", .unknownChannel),
        ("live:", .unknownChannel),
    ])
    func aNameThatNamesNoChannelIsRefused(name: String, code: ErrorCode) {
        let authorizer = Authorizer(configuration: Configuration())
        let refusal = #expect(throws: ErrorReply.self) { try authorizer.channel(named: name) }
        #expect(refusal?.code == code.rawValue)
    }

    private func identity(
        _ channels: [String],
        _ match: Capability.Match,
        _ allow: Permissions
    ) -> Identity {
        Identity(
            Claims(
                user: "ana",
                capabilities: [Capability(channels: channels, match: match, allow: allow)]
            )
        )
    }
}
