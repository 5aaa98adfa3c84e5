// SPDX-License-Identifier: Apache-2.0

/// Why a key, or a set of keys, cannot be used; it never quotes the key.
package enum KeyError: Error, Hashable, Sendable {
    case oversized
    /// Neither PEM nor a JSON Web Key Set.
    case unknownForm
    /// JSON that is no `{"keys":[...]}`.
    case malformedSet
    case tooManyKeys
    case privateKey
    /// Another type, curve or size than tokens are signed with here.
    case unsupported(String)
    case malformed
    /// None of the set's keys can verify a token.
    case noUsableKey
}

extension KeyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .oversized: "larger than \(TokenLimit.keyDocument) bytes"
        case .unknownForm:
            "neither a public key in PEM (-----BEGIN PUBLIC KEY-----) nor a JSON Web Key Set"
        case .malformedSet: #"no JSON Web Key Set ({"keys": [...]}, RFC 7517)"#
        case .tooManyKeys: "more than \(TokenLimit.keys) keys"
        case .privateKey: "holds a private key; whoever only checks tokens needs the public one"
        case .unsupported(let what):
            "\(what) is not supported; use RSA of 2048 to 8192 bits, P-256 or Ed25519"
        case .malformed: "malformed key"
        case .noUsableKey: "holds no key that can verify a token"
        }
    }
}
