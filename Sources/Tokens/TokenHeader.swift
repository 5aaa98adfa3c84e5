// SPDX-License-Identifier: Apache-2.0

import JSON

/// What must be known of a token's header before its signature is looked at.
enum TokenHeader {
    /// Holds the header against the key's algorithm: a token never chooses its own.
    ///
    /// `jwk`, `jku` and their like are not read at all. An extension that must be understood
    /// (`crit`, RFC 7515 §4.1.11) is not, and `b64` (RFC 7797) would change what is signed.
    static func check(_ header: [UInt8], algorithm: String) throws(TokenError) {
        let limits = JSONLimits(
            maximumByteCount: TokenLimit.header,
            maximumDepth: TokenLimit.depth
        )
        guard let root = try? JSONValue.parse(header, limits: limits), root.isObject,
            let named = root["alg"]?.string
        else { throw .malformed }
        guard named == algorithm else { throw .algorithmNotAllowed }
        guard root["crit"] == nil, root["b64"] == nil else { throw .malformed }
    }
}
