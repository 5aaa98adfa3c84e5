// SPDX-License-Identifier: Apache-2.0

/// How a token is signed (RFC 7518 §3.1, RFC 8037 §3.1); a key has one, a token chooses none.
package enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case hs256 = "HS256"
    case rs256 = "RS256"
    case ps256 = "PS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"
}
