// SPDX-License-Identifier: Apache-2.0

import CJansson
import CJose
import COpenSSL

/// One key of libjose's, with the one algorithm that it is for.
///
/// libjose works on Jansson trees: a key is a JWK (RFC 7517), a JWS an object of three base64url texts.
@safe
final class JoseKey {
    let algorithm: SignatureAlgorithm
    private let key: UnsafeMutablePointer<json_t>
    private let configuration: OpaquePointer

    /// A shared secret, for HS256.
    static func symmetric(_ secret: [UInt8]) throws(TokenSecretError) -> JoseKey {
        guard secret.count >= TokenLimit.shortestSecret else { throw .tooShort }
        guard secret.count <= TokenLimit.longestSecret else { throw .tooLong }
        guard let text = Base64URL.encode(secret) else { throw .outOfMemory }
        guard let key = JoseKey([("kty", "oct"), ("k", text)], for: .hs256) else {
            throw .outOfMemory
        }
        return key
    }

    /// A JWK's members, checked by who calls; `alg` is added.
    ///
    /// - Returns: nil when memory is short.
    init?(_ members: [(String, String)], for algorithm: SignatureAlgorithm) {
        guard let configuration = unsafe jose_cfg() else { return nil }
        unsafe tally_jose_silence(configuration)
        // `alg` in the key makes libjose refuse any other, whatever the token says.
        guard let key = unsafe Self.object(members + [("alg", algorithm.rawValue)]) else {
            unsafe jose_cfg_decref(configuration)
            return nil
        }
        self.algorithm = algorithm
        unsafe self.key = unsafe key
        unsafe self.configuration = unsafe configuration
    }

    /// Whether OpenSSL takes it for what it says: a point that is on its curve, a whole modulus.
    var isWellFormed: Bool {
        guard let made = unsafe jose_openssl_jwk_to_EVP_PKEY(configuration, key) else {
            return false
        }
        unsafe EVP_PKEY_free(made)
        return true
    }

    deinit {
        unsafe json_decref(key)
        unsafe jose_cfg_decref(configuration)
    }

    /// Whether the signature is this key's; libjose compares in constant time.
    func verifies(_ parts: TokenParts) -> Bool {
        let members = [
            ("protected", parts.header), ("payload", parts.payload),
            ("signature", parts.signature),
        ]
        guard let jws = unsafe Self.object(members) else { return false }
        defer { unsafe json_decref(jws) }
        return unsafe jose_jws_ver(configuration, jws, nil, key, false)
    }

    /// The signature of `header.payload`, both base64url.
    func signature(header: String, payload: String) -> String? {
        guard let jws = unsafe Self.object([("payload", payload)]) else { return nil }
        defer { unsafe json_decref(jws) }
        guard let template = unsafe Self.object([("protected", header)]) else { return nil }
        defer { unsafe json_decref(template) }
        guard unsafe jose_jws_sig(configuration, jws, template, key),
            let text = unsafe json_string_value(json_object_get(jws, "signature"))
        else { return nil }
        // Owned by `jws`, and copied before it goes.
        return unsafe String(cString: text)
    }

    /// An object of strings, which the caller owns.
    private static func object(
        _ members: [(name: String, text: String)]
    ) -> UnsafeMutablePointer<json_t>? {
        guard let object = unsafe json_object() else { return nil }
        for (name, text) in members {
            // Takes the new string over, also when it fails.
            if unsafe json_object_set_new(object, name, json_string(text)) != 0 {
                unsafe json_decref(object)
                return nil
            }
        }
        return unsafe object
    }
}
