// SPDX-License-Identifier: Apache-2.0

/// Why a token was refused; it never quotes the token.
package enum TokenError: Error, Hashable, Sendable {
    /// No three base64url parts, a header that is no JSON object, or one with `crit` or `b64`.
    case malformed
    case oversized
    /// `alg` is not the key's: `none` and another hash included.
    case algorithmNotAllowed
    /// No key goes by the token's `kid`.
    case unknownKey
    case badSignature
    case expired
    case notYetValid
    case wrongIssuer
    case wrongAudience
    /// The named claim has the wrong type, or is beyond its limit.
    case badClaim(String)
}

extension TokenError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "malformed token"
        case .oversized: "token larger than \(TokenLimit.token) bytes"
        case .algorithmNotAllowed: "token's algorithm is not allowed"
        case .unknownKey: "token's key is unknown"
        case .badSignature: "token's signature is wrong"
        case .expired: "token has expired"
        case .notYetValid: "token is not valid yet"
        case .wrongIssuer: "token's issuer is wrong"
        case .wrongAudience: "token's audience is wrong"
        case .badClaim(let name): "token's claim \(name) is wrong"
        }
    }
}
