// SPDX-License-Identifier: Apache-2.0

import Channels
import Testing

@testable import Tokens

@Suite struct ClaimsReaderTests {
    @Test(arguments: [
        "", "null", "[]", #""x""#, "1", "{", #"{"sub":"a","sub":"b"}"#,
        #"{"exp":1,"e\u0078p":9999999999}"#, #"{"sub":"\u0000"}"#, #"{"sub":"\ud800"}"#,
        #"{"exp":1e999}"#, #"{"sub":"a"}{"sub":"b"}"#, #"{"sub":"a"}"# + "\u{0}x",
    ])
    func refusesWhatIsNoObject(payload: String) throws {
        #expect(throws: TokenError.malformed) { try ClaimsReader.read(Array(payload.utf8)) }
    }

    @Test(arguments: [
        "sub", "jti", "iss", "channel",
    ])
    func namesAreTextsWithinTheirLimit(claim: String) throws {
        for value in ["1", "true", "[]", "{}", #""a\nb""#, #""a\u007f""#] {
            #expect(try refusal(#"{"\#(claim)":\#(value)}"#) == .badClaim(claim))
        }
        let long = String(repeating: "n", count: TokenLimit.name)
        #expect(try refusal(#"{"\#(claim)":"\#(long)"}"#) == nil)
        #expect(try refusal(#"{"\#(claim)":"\#(long)n"}"#) == .badClaim(claim))
        #expect(try refusal(#"{"\#(claim)":null}"#) == nil)
    }

    @Test func emptyChannelIsRefused() throws {
        #expect(try refusal(#"{"channel":""}"#) == .badClaim("channel"))
    }

    @Test(arguments: ["exp", "nbf", "iat"])
    func timesAreNumbersWithinTheirLimit(claim: String) throws {
        let odd = [
            #""1900000000""#, "true", "[]", "{}", "1e308", "-1e308", "9223372036854775807",
            "-9223372036854775808", "9223372036854775808", "1e30", "1900000000000",
            "253402300800", "-253402300800", "99999999999999999999999999",
        ]
        for value in odd {
            #expect(try refusal(#"{"\#(claim)":\#(value)}"#) == .badClaim(claim))
        }
    }

    @Test func timesMayBeFractionsAndFarAway() throws {
        #expect(try claims(#"{"exp":1900000000.9}"#).expiresAt == 1_900_000_000)
        #expect(try claims(#"{"exp":1.9e9}"#).expiresAt == 1_900_000_000)
        #expect(try claims(#"{"exp":253402300799}"#).expiresAt == 253_402_300_799)
        #expect(try claims(#"{"nbf":-0.5}"#).notBefore == -1)
        #expect(try refusal(#"{"exp":-1}"#) == .expired)
        #expect(try refusal(#"{"exp":0}"#) == .expired)
        #expect(try refusal(#"{"exp":-0.0}"#) == .expired)
        #expect(try refusal(#"{"nbf":253402300799}"#) == .notYetValid)
    }

    @Test func audiencesAreTextsWithinTheirLimit() throws {
        for value in ["1", "{}", "[1]", #"["a",null]"#] {
            #expect(try refusal(#"{"aud":\#(value)}"#) == .badClaim("aud"))
        }
        func list(_ count: Int) -> String {
            "[" + (0..<count).map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
        #expect(try refusal(#"{"aud":\#(list(TokenLimit.audiences))}"#) == nil)
        #expect(try refusal(#"{"aud":\#(list(TokenLimit.audiences + 1))}"#) == .badClaim("aud"))
    }

    @Test func infoIsPassedOnCompactly() throws {
        let payload = "{\"info\" :\n{ \"name\" : \"Ana B\",\r\n\"n\":0.10 }}"
        let claims = try claims(payload)
        #expect(claims.info == Array(#"{"name":"Ana B","n":0.10}"#.utf8))
        #expect(claims.name == "Ana B")
    }

    @Test(arguments: ["1", "[]", #""x""#, "{}", #"{"name":7}"#, #"{"Name":"x"}"#])
    func infoMayBeAnyValue(info: String) throws {
        let claims = try claims(#"{"info":\#(info)}"#)
        #expect(claims.info == Array(info.utf8))
        #expect(claims.name.isEmpty)
    }

    @Test func infoWithinOtherClaimsIsNotTheProfile() throws {
        let claims = try claims(#"{"x":{"info":1},"i\u006efo":{"name":"Ana"}}"#)
        #expect(claims.info == Array(#"{"name":"Ana"}"#.utf8))
    }

    @Test func infoSizeIsExact() throws {
        let filling = String(repeating: "i", count: TokenLimit.info - 2)
        #expect(try refusal(#"{"info":"\#(filling)"}"#) == nil)
        #expect(try refusal(#"{"info":  "\#(filling)"  }"#) == nil)
        #expect(try refusal(#"{"info":"\#(filling)i"}"#) == .badClaim("info"))
    }

    @Test(arguments: [
        "1", "{}", #""sub""#, "[1]", "[null]", "[[]]", "[{}]",
        #"[{"channels":["c"]}]"#, #"[{"allow":["sub"]}]"#,
        #"[{"channels":[],"allow":["sub"]}]"#, #"[{"channels":"c","allow":["sub"]}]"#,
        #"[{"channels":[""],"allow":["sub"]}]"#, #"[{"channels":[1],"allow":["sub"]}]"#,
        #"[{"channels":["c\n"],"allow":["sub"]}]"#, #"[{"channels":["c"],"allow":"sub"}]"#,
        #"[{"channels":["c"],"allow":["SUB"]}]"#, #"[{"channels":["c"],"allow":["all"]}]"#,
        #"[{"channels":["c"],"allow":[1]}]"#, #"[{"channels":["c"],"allow":{"sub":true}}]"#,
        #"[{"channels":["c"],"match":"regex","allow":["sub"]}]"#,
        #"[{"channels":["c"],"match":1,"allow":["sub"]}]"#,
        #"[{"channels":["c"],"allow":["sub"]},{"channels":["c"]}]"#,
    ])
    func refusesMalformedCapabilities(value: String) throws {
        #expect(try refusal(#"{"caps":\#(value)}"#) == .badClaim("caps"))
    }

    @Test func capabilityLimitsAreExact() throws {
        func list(_ count: Int, _ element: String) -> String {
            "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
        }
        func check(_ limit: Int, _ payload: (Int) -> String) throws {
            #expect(try ClaimsReader.read(Array(payload(limit).utf8)).user == "")
            #expect(throws: TokenError.badClaim("caps")) {
                try ClaimsReader.read(Array(payload(limit + 1).utf8))
            }
        }
        try check(TokenLimit.capabilities) {
            #"{"caps":\#(list($0, #"{"channels":["c"],"allow":["sub"]}"#))}"#
        }
        try check(TokenLimit.channelsPerCapability) {
            #"{"caps":[{"channels":\#(list($0, #""c""#)),"allow":["sub"]}]}"#
        }
        try check(TokenLimit.allowances) {
            #"{"caps":[{"channels":["c"],"allow":\#(list($0, #""sub""#))}]}"#
        }
        try check(TokenLimit.name) {
            let name = String(repeating: "c", count: $0)
            return #"{"caps":[{"channels":["\#(name)"],"allow":["sub"]}]}"#
        }
    }
}
