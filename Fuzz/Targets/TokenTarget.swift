// SPDX-License-Identifier: Apache-2.0

import Channels

@testable import Tokens

/// Tokens as a stranger sends them, and claims that an issuer signed without thinking.
enum TokenTarget: FuzzTarget {
    static let name = "token"

    static let seeds = texts(
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.hKa51cGp9ZLX4hhA7YAhvnJDuQX7YlRBghgjDSFVtms",
        #"{"alg":"HS256","kid":"k","typ":"JWT"}"#,
        #"{"sub":"ana","exp":1800000000,"iat":1,"nbf":1.5,"aud":["a"],"iss":"i","jti":"j","info":{"name":"A"},"caps":[{"channels":["live:*"],"match":"wildcard","allow":["sub","pub","ctl"]}],"channel":"c"}"#
    )

    /// The secret of the first seed, so that some inputs come past the signature.
    private static let secret = Array(
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".utf8
    )
    /// libFuzzer has one thread.
    nonisolated(unsafe) private static let verifier = try? TokenVerifier(
        secret: secret,
        policy: TokenPolicy(issuer: "i", audience: "a")
    )
    nonisolated(unsafe) private static let signer = try? TokenSigner(secret: secret)

    static func run(_ bytes: [UInt8]) {
        _ = try? TokenHeader(bytes)
        do throws(TokenError) {
            _ = try unsafe verifier?.verify(String(decoding: bytes, as: UTF8.self), nowSeconds: 0)
        } catch {
            precondition(!error.description.isEmpty, "refused without a reason")
        }
        guard let claims = try? ClaimsReader.read(bytes) else { return }
        _ = claims.streams(allowing: .control)
        _ = claims.permissions(on: "live:a")
        _ = claims.allowEverywhere(.publish)
        // Signed, so that it comes past the signature.
        if let token = try? unsafe signer?.sign(claims) {
            _ = try? unsafe verifier?.verify(token, nowSeconds: 0)
        }
        // What was read once must be read alike when it was written again.
        guard let again = try? ClaimsReader.read(claims.payload()) else {
            preconditionFailure("claims that were read cannot be written")
        }
        precondition(again == claims, "other claims come back")
    }
}
