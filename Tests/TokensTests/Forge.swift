// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tokens

/// Makes tokens that no honest signer would: any header, any payload, rightly signed.
struct Forge {
    static let secret = Array(
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".utf8
    )

    let key: JoseKey

    init(secret: [UInt8] = Forge.secret) throws {
        key = try JoseKey.symmetric(secret)
    }

    func token(header: String = #"{"alg":"HS256"}"#, payload: String) throws -> String {
        let head = try #require(Base64URL.encode(Array(header.utf8)))
        let body = try #require(Base64URL.encode(Array(payload.utf8)))
        let signature = try #require(key.signature(header: head, payload: body))
        return "\(head).\(body).\(signature)"
    }
}

/// What the verifier says of a token, at a time in the year 2026.
func verdict(
    _ token: String,
    nowSeconds: Int64 = 1_800_000_000,
    issuer: String? = nil,
    audience: String? = nil
) throws -> TokenError? {
    let verifier = try TokenVerifier(
        secret: Forge.secret,
        policy: TokenPolicy(issuer: issuer, audience: audience)
    )
    do throws(TokenError) {
        _ = try verifier.verify(token, nowSeconds: nowSeconds)
        return nil
    } catch {
        return error
    }
}

func claims(_ payload: String) throws -> Claims {
    try TokenVerifier(secret: Forge.secret)
        .verify(Forge().token(payload: payload), nowSeconds: 1_800_000_000)
}

func refusal(_ payload: String) throws -> TokenError? {
    try verdict(Forge().token(payload: payload))
}
