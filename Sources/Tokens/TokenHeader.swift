// SPDX-License-Identifier: Apache-2.0

import JSON

/// What must be known of a token's header before its signature is looked at (RFC 7515 §4).
struct TokenHeader {
    /// `alg`, to be held against the key's: a token never chooses its own.
    let algorithm: String
    /// The name, `kid`, to look up among the keys that there are.
    ///
    /// It is no path, no address and no query.
    let keyIdentifier: String?

    /// Reads the two members that count, and refuses what would change the meaning of the rest.
    ///
    /// Keys and addresses of keys (`jwk`, `jku`, `x5u`) are not read at all. An extension that must be
    /// understood (`crit`, RFC 7515 §4.1.11) is not, and `b64` (RFC 7797) would change what is signed.
    init(_ header: [UInt8]) throws(TokenError) {
        let limits = JSONLimits(
            maximumByteCount: TokenLimit.header,
            maximumDepth: TokenLimit.depth
        )
        guard let root = try? JSONValue.parse(header, limits: limits), root.isObject,
            let named = root["alg"]?.string, root["crit"] == nil, root["b64"] == nil
        else { throw .malformed }
        algorithm = named
        guard let kid = root["kid"] else {
            keyIdentifier = nil
            return
        }
        guard let text = kid.string, text.utf8.count <= TokenLimit.name else { throw .malformed }
        keyIdentifier = text
    }
}
