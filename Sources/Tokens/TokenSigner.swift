// SPDX-License-Identifier: Apache-2.0

/// Makes tokens, for the command line, the demo and tests.
package final class TokenSigner {
    private let key: JoseKey

    /// `secret`: 32 to 1,024 bytes, for HS256.
    package init(secret: [UInt8]) throws(TokenSecretError) {
        key = try JoseKey.symmetric(secret)
    }

    /// Signs what `TokenVerifier` would take.
    ///
    /// - Throws: `TokenError.badClaim` or `.oversized` where it would not.
    package func sign(_ claims: Claims) throws(TokenError) -> String {
        let payload = claims.payload()
        _ = try ClaimsReader.read(payload)
        let header = Array(#"{"alg":"\#(key.algorithm.rawValue)","typ":"JWT"}"#.utf8)
        guard let protected = Base64URL.encode(header), let body = Base64URL.encode(payload),
            let signature = key.signature(header: protected, payload: body)
        else { throw .malformed }
        let token = "\(protected).\(body).\(signature)"
        guard token.utf8.count <= TokenLimit.token else { throw .oversized }
        return token
    }
}
