// SPDX-License-Identifier: Apache-2.0

import Channels
import Testing

@testable import Tokens

@Suite struct TokenVerifierTests {
    @Test func signedClaimsComeBack() throws {
        let claims = Claims(
            user: "ana",
            expiresAt: 1_800_000_060,
            issuedAt: 1_800_000_000,
            notBefore: 1_799_999_999,
            tokenID: "t-1",
            issuer: "i",
            audiences: ["a", "b"],
            info: Array(#"{"name":"Ana"}"#.utf8),
            name: "Ana",
            capabilities: [
                Capability(channels: ["live:*"], match: .wildcard, allow: [.subscribe, .publish]),
                Capability(channels: ["x", "y"], match: .exact, allow: [.control, .moderate]),
            ],
            channel: "c"
        )
        let token = try TokenSigner(secret: Forge.secret).sign(claims)
        let verifier = try TokenVerifier(
            secret: Forge.secret,
            policy: TokenPolicy(issuer: "i", audience: "b")
        )
        #expect(try verifier.verify(token, nowSeconds: 1_800_000_000) == claims)
    }

    @Test func emptyClaimsAreAnonymous() throws {
        let token = try TokenSigner(secret: Forge.secret).sign(Claims(user: ""))
        #expect(
            try TokenVerifier(secret: Forge.secret).verify(token, nowSeconds: 0) == Claims(user: "")
        )
    }

    /// RFC 7515 §A.1.
    @Test func takesTheStandardsExample() throws {
        let secret = try #require(
            Base64URL.decode(
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"
                    + "aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
            )
        )
        let token =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
            + "c19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        let verifier = try TokenVerifier(secret: secret, policy: TokenPolicy(issuer: "joe"))
        #expect(try verifier.verify(token, nowSeconds: 1_300_819_379).expiresAt == 1_300_819_380)
        #expect(throws: TokenError.expired) {
            try verifier.verify(token, nowSeconds: 1_300_819_380)
        }
    }

    /// Signed by Python's `hmac` module.
    @Test func takesAnotherSignersToken() throws {
        #expect(try verdict(Self.hs256) == nil)
    }

    @Test func timesAreExactToTheSecond() throws {
        let token = try Forge().token(payload: #"{"nbf":100,"exp":200}"#)
        #expect(try verdict(token, nowSeconds: 99) == .notYetValid)
        #expect(try verdict(token, nowSeconds: 100) == nil)
        #expect(try verdict(token, nowSeconds: 199) == nil)
        #expect(try verdict(token, nowSeconds: 200) == .expired)
        #expect(try verdict(token, nowSeconds: .max) == .expired)
        #expect(try verdict(token, nowSeconds: .min) == .notYetValid)
    }

    @Test(arguments: [
        (#"{}"#, TokenError.wrongIssuer), (#"{"iss":"i"}"#, .wrongAudience),
        (#"{"iss":"I","aud":"a"}"#, .wrongIssuer), (#"{"iss":"i","aud":"b"}"#, .wrongAudience),
        (#"{"iss":"i","aud":[]}"#, .wrongAudience),
        (#"{"iss":"i","aud":["b","A"]}"#, .wrongAudience),
    ])
    func refusesOtherIssuersAndAudiences(payload: String, error: TokenError) throws {
        let token = try Forge().token(payload: payload)
        #expect(try verdict(token, issuer: "i", audience: "a") == error)
    }

    @Test(arguments: [#"{"iss":"i","aud":"a"}"#, #"{"iss":"i","aud":["b","a"]}"#])
    func takesItsOwnIssuerAndAudience(payload: String) throws {
        #expect(try verdict(Forge().token(payload: payload), issuer: "i", audience: "a") == nil)
    }

    @Test func signerRefusesWhatNoVerifierTakes() throws {
        let signer = try TokenSigner(secret: Forge.secret)
        let long = String(repeating: "u", count: 256)
        #expect(throws: TokenError.badClaim("sub")) { try signer.sign(Claims(user: long)) }
        let names = (0..<64).map { "\($0)" + String(repeating: "c", count: 250) }
        let capability = Capability(channels: names, match: .exact, allow: .subscribe)
        #expect(throws: TokenError.oversized) {
            try signer.sign(Claims(user: "", capabilities: [capability]))
        }
    }

    static let hs256 =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.hKa51cGp9ZLX4hhA7YAhvnJDuQX7YlRBghgjDSFVtms"
    static let hs384 =
        "eyJhbGciOiJIUzM4NCJ9.eyJzdWIiOiJhbmEifQ."
        + "9WyU1S1dOBQP8KsB5ErUoSdBqd9OnX3KuiMeYS0uhK01KfAO_aTZmW_HE6p26P7E"
    static let hs512 =
        "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhbmEifQ."
        + "Eyc531GhK5z4JrXIh6Yif-_H2JXAn0Pi53UtRBeTV7WHKgrfa8BDsPdFBxEU9NDBBNTrYOqD5iw-kiYvq71f3A"
}
