// SPDX-License-Identifier: Apache-2.0

import Channels
import Live
import Testing
import Tokens

@testable import Worker

/// What plugins' answers become, and what the worker remembers of notices.
@Suite struct PluginGlueTests {
    private static func replacement(_ text: String) -> ConnectReplacement? {
        ConnectReplacement(Array(text.utf8))
    }

    private static let token = Claims(
        user: "ana",
        expiresAt: 99,
        info: Array(#"{"name":"Ana"}"#.utf8),
        name: "Ana",
        capabilities: [Capability(channels: ["live:a"], match: .exact, allow: .subscribe)]
    )

    @Test func anAnswerToConnectReplacesWhatItNames() throws {
        let nothing = try #require(Self.replacement("{}"))
        #expect(nothing.parts.isEmpty)
        #expect(nothing.claims(instead: Self.token) == Self.token)

        let user = try #require(Self.replacement(#"{"user":"zed","data":[1.50]}"#))
        #expect(String(decoding: user.data, as: UTF8.self) == "[1.50]")
        let claims = user.claims(instead: Self.token)
        #expect(claims.user == "zed")
        #expect(claims.name == "Ana")
        #expect(claims.capabilities == Self.token.capabilities)
        // How long it lives is the token's matter.
        #expect(claims.expiresAt == 99)

        let rest = try #require(
            Self.replacement(
                #"{"info":{"name":"Z"},"caps":[{"channels":["*"],"match":"wildcard","allow":["pub"]}],"#
                    + #""channels":["news:a"]}"#
            )
        )
        #expect(rest.claims(instead: Self.token).name == "Z")
        #expect(rest.claims(instead: Self.token).capabilities.first?.allow == .publish)
        #expect(rest.channels == ["news:a"])
    }

    /// What an issuer takes back with the next token is taken back, whatever else a plugin said.
    @Test func anotherTokenChangesAllThatNoPluginSaid() throws {
        func renewed(_ answer: String) throws -> Claims {
            let answer = try #require(Self.replacement(answer))
            let identity = Identity(
                answer.claims(instead: Self.token),
                inPlaceOf: "ana",
                answer.parts
            )
            let next = Claims(user: "ana", expiresAt: 200, tokenID: "next", name: "Anna")
            let renewed = identity.renewed(by: Identity(next))
            #expect(renewed.tokenUser == "ana" && renewed.isReplaced)
            #expect(renewed.claims.expiresAt == 200 && renewed.claims.tokenID == "next")
            // And the one after that.
            #expect(renewed.renewed(by: Identity(next)).claims == renewed.claims)
            return renewed.claims
        }
        let user = try renewed(#"{"user":"zed"}"#)
        #expect(user.user == "zed" && user.name == "Anna" && user.capabilities.isEmpty)
        let info = try renewed(#"{"info":{"name":"Z"}}"#)
        #expect(info.user == "ana" && info.name == "Z" && info.capabilities.isEmpty)
        let capabilities = try renewed(
            #"{"caps":[{"channels":["*"],"match":"wildcard","allow":["pub"]}]}"#
        )
        #expect(capabilities.name == "Anna")
        #expect(capabilities.capabilities.first?.allow == .publish)
    }

    @Test(arguments: [
        "[]", "1", "", #"{"user":7}"#, #"{"info":1e999}"#, #"{"caps":{}}"#,
        #"{"caps":[{"channels":[],"allow":[]}]}"#, #"{"channels":"a"}"#, #"{"channels":[1]}"#,
    ])
    func anAnswerToConnectThatMakesNoSenseIsNone(text: String) {
        #expect(Self.replacement(text) == nil)
    }

    @Test func aPluginSubscribesToSoManyChannels() {
        func list(_ count: Int) -> String {
            #"{"channels":[\#((0..<count).map { #""n\#($0)""# }.joined(separator: ","))]}"#
        }
        #expect(Self.replacement(list(128))?.channels.count == 128)
        #expect(Self.replacement(list(129)) == nil)
    }

    @Test func membersAreReadAsTheyWereWritten() {
        let object = Array(#"{"a":1.50,"b":null,"c":{"d":"x"}}"#.utf8)
        #expect(HookData.member("a", of: object) == Array("1.50".utf8))
        #expect(HookData.member("b", of: object) == nil)
        #expect(HookData.member("c", of: object) == Array(#"{"d":"x"}"#.utf8))
        #expect(HookData.member("d", of: object) == nil)
        #expect(HookData.object("a", Array("1.50".utf8)) == Array(#"{"a":1.50}"#.utf8))
        #expect(HookData.object("a", []) == Array("{}".utf8))
    }

    @Test func aNoticeIsToldOnceHoweverOftenTheHubSaysIt() {
        func notice(_ id: String) -> PluginNotice {
            PluginNotice(id: id, kind: .started, stream: "s", json: [])
        }
        var desk = NoticeDesk()
        #expect(desk.place(of: "a") == .new)
        desk.begin(notice("a"))
        desk.begin(notice("b"))
        #expect(desk.place(of: "a") == .open)
        desk.finish("a")
        #expect(desk.place(of: "a") == .seen)
        #expect(desk.open.map(\.id) == ["b"])
        // It remembers as many as the hub keeps, and no more.
        for number in 0..<1_023 { desk.finish("n\(number)") }
        #expect(desk.place(of: "a") == .seen)
        desk.finish("one more")
        #expect(desk.place(of: "a") == .new)
    }
}
