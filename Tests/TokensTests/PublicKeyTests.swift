// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tokens

/// Public keys: which are taken, and which tokens they let in.
@Suite struct PublicKeyTests {
    typealias Vectors = PublicKeyVectors

    private func keys(_ document: String) throws(KeyError) -> [VerificationKey] {
        try KeyDocument.read(Array(document.utf8))
    }

    private func verdict(_ token: String, _ keys: [VerificationKey]) -> TokenError? {
        do throws(TokenError) {
            let claims = try TokenVerifier(keys: keys).verify(token, nowSeconds: 1_800_000_000)
            #expect(claims.user == "ana", "a forged token was believed")
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        Vectors.rs256, Vectors.ps256, Vectors.es256, Vectors.edDSA, Vectors.rs256WithoutKeyName,
    ])
    func takesAnotherImplementationsTokens(token: String) throws {
        #expect(try verdict(token, keys(Vectors.set)) == nil)
    }

    @Test(arguments: [
        (Vectors.rsaPEM, Vectors.rs256), (Vectors.ecPEM, Vectors.es256),
        (Vectors.edPEM, Vectors.edDSA),
    ])
    func takesKeysInPEM(pem: String, token: String) throws {
        #expect(try verdict(token, keys(pem)) == nil)
        #expect(try verdict(token, keys("\n \r\n" + pem)) == nil)
    }

    /// An RSA key in PEM is for one of RS256 and PS256, never for both.
    @Test func manifestSaysWhatAnRSAKeyInPEMIsFor() throws {
        let bytes = Array(Vectors.rsaPEM.utf8)
        let ps256 = try KeyDocument.read(bytes, rsaAlgorithm: .ps256)
        #expect(verdict(Vectors.ps256ByKeyForRS256, ps256) == nil)
        #expect(verdict(Vectors.rs256WithoutKeyName, ps256) == .algorithmNotAllowed)
        let rs256 = try KeyDocument.read(bytes)
        #expect(verdict(Vectors.rs256WithoutKeyName, rs256) == nil)
    }

    /// The algorithm is the key's: a token cannot ask the same key for another.
    @Test func tokenCannotChooseTheAlgorithm() throws {
        #expect(
            try verdict(Vectors.ps256ByKeyForRS256, keys(Vectors.set)) == .algorithmNotAllowed
        )
    }

    /// The public key is public: who knows it must not be able to sign with it (CVE-2015-9235).
    @Test(arguments: [Vectors.hmacWithPublicKey, Vectors.hmacWithNamedPublicKey])
    func publicKeyIsNoSecret(token: String) throws {
        #expect(try verdict(token, keys(Vectors.set)) == .algorithmNotAllowed)
        #expect(try verdict(token, keys(Vectors.rsaPEM)) != nil)
        let both = try keys(Vectors.set) + [VerificationKey(secret: Forge.secret)]
        #expect([.algorithmNotAllowed, .badSignature].contains(verdict(token, both)))
    }

    @Test func unknownKeyIsToldApartFromAWrongSignature() throws {
        #expect(try verdict(Vectors.rs256OfUnknownKey, keys(Vectors.set)) == .unknownKey)
        let verifier = try TokenVerifier(keys: [VerificationKey(secret: Forge.secret)])
        #expect(throws: TokenError.unknownKey) {
            try verifier.verify(Vectors.rs256, nowSeconds: 0)
        }
        verifier.replaceFetchedKeys(with: try keys(Vectors.set))
        #expect(try verifier.verify(Vectors.rs256, nowSeconds: 0).user == "ana")
        verifier.replaceFetchedKeys(with: [])
        #expect(throws: TokenError.unknownKey) {
            try verifier.verify(Vectors.rs256, nowSeconds: 0)
        }
    }

    /// `kid` is a name, not a path, a query or a way to an empty key.
    @Test(arguments: ["../../dev/null", "' OR 1=1 --", "", "http://127.0.0.1/keys"])
    func keyNameIsOnlyAName(kid: String) throws {
        let token = try Forge().token(
            header: #"{"alg":"HS256","kid":"\#(kid)"}"#,
            payload: #"{"sub":"admin"}"#
        )
        let verdict = try verdict(token, keys(Vectors.set))
        #expect(verdict == .unknownKey || verdict == .malformed)
    }

    @Test func keyNameHasALimit() throws {
        func header(_ count: Int) -> String {
            #"{"alg":"HS256","kid":"\#(String(repeating: "k", count: count))"}"#
        }
        let keys = try [VerificationKey(secret: Forge.secret)]
        let longest = try Forge().token(header: header(255), payload: #"{"sub":"ana"}"#)
        #expect(verdict(longest, keys) == nil)
        let longer = try Forge().token(header: header(256), payload: #"{"sub":"ana"}"#)
        #expect(verdict(longer, keys) == .malformed)
    }

    /// A token that brings its own key is held against the server's all the same.
    @Test func keysInTheTokenAreNotRead() throws {
        let header =
            #"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"},"jku":"https://example.org/k"}"#
        let token = try Forge(secret: Array(repeating: 7, count: 32))
            .token(header: header, payload: #"{"sub":"admin"}"#)
        #expect(try verdict(token, [VerificationKey(secret: Forge.secret)]) == .badSignature)
    }

    @Test(arguments: [
        (Vectors.privatePEM, KeyError.privateKey),
        (#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}]}"#, .privateKey),
        (#"{"keys":[]}"#, .noUsableKey),
        (#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, .noUsableKey),
        (#"{"keys":[{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}]}"#, .noUsableKey),
        (#"{"keys":{}}"#, .malformedSet), (#"{"keys":[]"#, .malformedSet), (#"{}"#, .malformedSet),
        (#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#, .malformed),
        (#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#, .malformed),
        // Of a length that no base64url text has.
        (#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAAA"}]}"#, .malformed),
        (#"{"keys":[{"kty":"DSA"}]}"#, .unsupported("key type DSA")),
        (#"{"keys":[\#(Vectors.shortKey)]}"#, .unsupported("RSA of 1024 bits")),
        (#"{"keys":[\#(Vectors.otherCurve)]}"#, .unsupported("curve P-384")),
        (Vectors.p384PEM, .unsupported("curve P-384")),
        ("secret", .unknownForm), ("", .unknownForm),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", .malformed),
    ])
    func refusesWhatIsNoGoodKey(document: String, error: KeyError) throws {
        #expect(throws: error) { try keys(document) }
    }

    /// One key of a kind that is unknown here must not cost an issuer all others.
    @Test func unknownKindsInASetAreLeftOut() throws {
        let set = #"{"keys":[{"kty":"new"},\#(Vectors.es256Key)]}"#
        #expect(try keys(set).map(\.algorithm) == [.es256])
    }

    @Test func setsHaveALimit() throws {
        func set(_ count: Int) -> String {
            #"{"keys":[\#(Array(repeating: Vectors.es256Key, count: count).joined(separator: ","))]}"#
        }
        #expect(try keys(set(TokenLimit.keys)).count == TokenLimit.keys)
        #expect(throws: KeyError.tooManyKeys) { try keys(set(TokenLimit.keys + 1)) }
        let padding = String(repeating: " ", count: TokenLimit.keyDocument - set(1).utf8.count)
        #expect(try keys(set(1) + padding).count == 1)
        #expect(throws: KeyError.oversized) { try keys(set(1) + padding + " ") }
    }

    /// Cut anywhere, a set or a PEM is refused; it never crashes and never makes a key.
    @Test(arguments: [Vectors.set, Vectors.ecPEM])
    func cutDocumentsAreRefused(document: String) throws {
        let bytes = Array(document.utf8)
        let end = document.hasPrefix("{") ? bytes.count : bytes.count - 30
        for count in stride(from: 0, to: end, by: 7) {
            #expect(throws: KeyError.self) { try KeyDocument.read(Array(bytes[..<count])) }
        }
    }

    @Test func clockSkewIsAllowedForBothTimes() throws {
        let token = try Forge().token(payload: #"{"nbf":100,"exp":200}"#)
        let verifier = try TokenVerifier(
            secret: Forge.secret,
            policy: TokenPolicy(clockSkew: 5)
        )
        #expect(throws: TokenError.notYetValid) { try verifier.verify(token, nowSeconds: 94) }
        _ = try verifier.verify(token, nowSeconds: 95)
        _ = try verifier.verify(token, nowSeconds: 204)
        #expect(throws: TokenError.expired) { try verifier.verify(token, nowSeconds: 205) }
    }
}
