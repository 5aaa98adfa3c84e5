// SPDX-License-Identifier: Apache-2.0

import Channels
import TestSupport
import Testing

@testable import Tokens

@Suite struct TokenPropertyTests {
    static let payload = #"""
        {"sub":"ana","exp":1900000000,"nbf":1.5,"iat":-0,"jti":"j","iss":"i","aud":["a","b"],
        "info":{"name":"Ana \u00e9","n":[0.10,{}]},"channel":"c","caps":[{"channels":["live:*","x"],
        "match":"wildcard","allow":["sub","pub","ctl"]},{"channels":["y"],"allow":[]}]}
        """#

    @Test func noDamagedTokenPasses() throws {
        let verifier = try TokenVerifier(secret: Forge.secret)
        let token = try Forge().token(payload: Self.payload)
        _ = try verifier.verify(token, nowSeconds: 1_800_000_000)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<3_000 {
            let damaged = Mutation.mutate(Array(token.utf8), using: &generator)
            let text = String(decoding: damaged, as: UTF8.self)
            guard text != token else { continue }
            #expect(throws: TokenError.self) {
                try verifier.verify(text, nowSeconds: 1_800_000_000)
            }
        }
    }

    /// Damaged before it was signed: the reader sees it all.
    @Test func nothingCrashesTheReader() throws {
        var generator = SeededGenerator(seed: 6)
        var taken = 0
        for _ in 0..<5_000 {
            let damaged = Mutation.mutate(Array(Self.payload.utf8), using: &generator)
            guard let claims = try? ClaimsReader.read(damaged) else { continue }
            taken += 1
            #expect(claims.info.count <= TokenLimit.info)
            #expect(!claims.info.contains(0x0A))
            #expect(claims.capabilities.count <= TokenLimit.capabilities)
            _ = claims.permissions(on: "live:a")
            _ = claims.streams(allowing: .control)
            // What was taken can be signed, and reads as the same again.
            #expect(try ClaimsReader.read(claims.payload()) == claims)
        }
        #expect(taken > 200)
    }
}
