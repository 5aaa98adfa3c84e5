// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tokens

@Suite struct TokenAttackTests {
    @Test(arguments: [
        "none", "None", "NONE", "", "hs256", "HS256 ", "HS384", "HS512", "RS256", "dir",
    ])
    func refusesOtherAlgorithmsThoughSigned(algorithm: String) throws {
        // libjose signs by the header's algorithm where it can, so sign by the key's and swap.
        let header = try #require(Base64URL.encode(Array(#"{"alg":"\#(algorithm)"}"#.utf8)))
        let honest = try Forge().token(payload: #"{"sub":"ana"}"#).split(separator: ".")
        for signature in ["", String(honest[2])] {
            #expect(try verdict("\(header).\(honest[1]).\(signature)") == .algorithmNotAllowed)
        }
    }

    /// Rightly signed with the same secret, by another hash.
    @Test func refusesLongerHashesOfTheSameSecret() throws {
        #expect(try verdict(TokenVerifierTests.hs384) == .algorithmNotAllowed)
        #expect(try verdict(TokenVerifierTests.hs512) == .algorithmNotAllowed)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #""HS256""#, #"{"alg":["HS256"]}"#, #"{"alg":null}"#,
        #"{"alg":256}"#, #"{"alg":"HS256","alg":"HS256"}"#, #"{"alg":"HS256""#,
        #"{"alg":"HS256","crit":["exp"]}"#, #"{"alg":"HS256","crit":[]}"#,
        #"{"alg":"HS256","b64":false,"crit":["b64"]}"#, #"{"alg":"HS256","b64":true}"#,
    ])
    func refusesOddHeaders(header: String) throws {
        let text = try #require(Base64URL.encode(Array(header.utf8)))
        let honest = try Forge().token(payload: "{}").split(separator: ".")
        #expect(try verdict("\(text).\(honest[1]).\(honest[2])") == .malformed)
    }

    @Test func headerKeysAreNotUsed() throws {
        // The token brings the key that it is signed with.
        let other = Array(repeating: UInt8(ascii: "k"), count: 32)
        let text = try #require(Base64URL.encode(other))
        let token = try Forge(secret: other).token(
            header: #"{"alg":"HS256","jwk":{"kty":"oct","k":"\#(text)"},"jku":"x","kid":"../x"}"#,
            payload: "{}"
        )
        #expect(try verdict(token) == .badSignature)
    }

    @Test func refusesAnotherSecretsSignature() throws {
        var other = Forge.secret
        other[0] ^= 1
        #expect(try verdict(Forge(secret: other).token(payload: "{}")) == .badSignature)
    }

    @Test func noChangedByteOfThePayloadPasses() throws {
        let token = Array(try Forge().token(payload: #"{"sub":"ana","exp":1900000000}"#).utf8)
        #expect(try verdict(String(decoding: token, as: UTF8.self)) == nil)
        for index in token.indices {
            for byte in [UInt8(ascii: "A"), UInt8(ascii: "_"), UInt8(ascii: ".")]
            where byte != token[index] {
                var changed = token
                changed[index] = byte
                #expect(try verdict(String(decoding: changed, as: UTF8.self)) != nil)
            }
        }
    }

    @Test func noTruncatedTokenPasses() throws {
        let token = try Forge().token(payload: #"{"sub":"ana"}"#)
        for count in 0..<token.utf8.count {
            #expect(try verdict(String(token.prefix(count))) != nil)
            #expect(try verdict(String(token.suffix(count))) != nil)
        }
    }

    @Test func signatureHasOneText() throws {
        // 32 bytes leave four bits of the last character unused.
        let token = try Forge().token(payload: "{}")
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let taken = try alphabet.filter { try verdict(token.dropLast() + String($0)) == nil }
        #expect(taken.count == 1)
    }

    @Test func refusesOddForms() throws {
        let token = try Forge().token(payload: "{}")
        let odd = [
            "", ".", "..", "...", "a.b.c", token + ".", "." + token, token + ".x", token + "=",
            token + "\n", " " + token, token + "\u{0}", token.replacing(".", with: ".."),
            token.replacing(".", with: "+"), token.replacing(".", with: "\u{2024}"), "é.é.é",
            token + "." + token, String(repeating: ".", count: 8_192),
        ]
        for text in odd { #expect(try verdict(text) == .malformed) }
    }

    @Test func sizeIsExact() throws {
        func token(payloadByteCount: Int) throws -> String {
            let filling = String(repeating: "x", count: payloadByteCount - 8)
            return try Forge().token(payload: #"{"x":"\#(filling)"}"#)
        }
        // 20 bytes of header, 43 of signature, two dots; 6,095 bytes make 8,127 characters.
        let exact = try token(payloadByteCount: 6_095)
        #expect(exact.utf8.count == TokenLimit.token)
        #expect(try verdict(exact) == nil)
        let over = try token(payloadByteCount: 6_096)
        #expect(over.utf8.count == TokenLimit.token + 1)
        #expect(try verdict(over) == .oversized)
        #expect(try verdict(String(repeating: "A", count: 1_000_000)) == .oversized)
    }

    @Test func depthIsExact() throws {
        func payload(depth: Int) -> String {
            #"{"info":"# + String(repeating: "[", count: depth - 1)
                + String(repeating: "]", count: depth - 1) + "}"
        }
        #expect(try refusal(payload(depth: TokenLimit.depth)) == nil)
        #expect(try refusal(payload(depth: TokenLimit.depth + 1)) == .malformed)
        #expect(try refusal(String(repeating: "[", count: 6_000)) == .malformed)
        #expect(try refusal(String(repeating: #"{"a":"#, count: 1_200)) == .malformed)
    }

    @Test(arguments: [31, 32, 1_024, 1_025, 0])
    func secretLengthIsExact(byteCount: Int) throws {
        let secret = [UInt8](repeating: 0x61, count: byteCount)
        if (32...1_024).contains(byteCount) {
            let token = try TokenSigner(secret: secret).sign(Claims(user: "ana"))
            let claims = try TokenVerifier(secret: secret).verify(token, nowSeconds: 0)
            #expect(claims.user == "ana")
        } else {
            #expect(throws: TokenSecretError.self) { try TokenVerifier(secret: secret) }
        }
    }
}
