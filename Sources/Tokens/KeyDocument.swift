// SPDX-License-Identifier: Apache-2.0

import CJose
import COpenSSL
import JSON

/// Public keys as they come in a file or from a server: PEM, or a JSON Web Key Set.
package enum KeyDocument {
    /// Reads whichever of both it is.
    ///
    /// - Parameters:
    ///   - bytes: the whole file or answer.
    ///   - rsaAlgorithm: what an RSA key in PEM, which cannot say it, signs with.
    /// - Returns: at least one key.
    /// - Throws: `KeyError`; a set is refused as a whole only where nothing in it can be used, so that
    ///   an issuer may add a kind of key that is unknown here.
    package static func read(
        _ bytes: [UInt8],
        rsaAlgorithm: SignatureAlgorithm = .rs256
    ) throws(KeyError) -> [VerificationKey] {
        guard bytes.count <= TokenLimit.keyDocument else { throw .oversized }
        let text = bytes.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        if text.first == UInt8(ascii: "{") { return try set(bytes) }
        guard text.starts(with: "-----BEGIN ".utf8) else { throw .unknownForm }
        return [try pem(bytes, rsaAlgorithm)]
    }

    private static func set(_ bytes: [UInt8]) throws(KeyError) -> [VerificationKey] {
        let limits = JSONLimits(
            maximumByteCount: TokenLimit.keyDocument,
            maximumDepth: TokenLimit.depth
        )
        guard let root = try? JSONValue.parse(bytes, limits: limits), let list = root["keys"],
            list.isArray
        else { throw .malformedSet }
        guard list.count <= TokenLimit.keys else { throw .tooManyKeys }
        var keys: [VerificationKey] = []
        var firstError: KeyError?
        for element in list.elements {
            do throws(KeyError) {
                if let key = try JSONWebKey.read(element) { keys.append(key) }
            } catch .privateKey {
                throw .privateKey
            } catch {
                firstError = firstError ?? error
            }
        }
        guard !keys.isEmpty else { throw firstError ?? .noUsableKey }
        return keys
    }

    /// A SubjectPublicKeyInfo (RFC 7468 §13), or a certificate's.
    private static func pem(
        _ bytes: [UInt8],
        _ rsaAlgorithm: SignatureAlgorithm
    ) throws(KeyError) -> VerificationKey {
        guard !String(decoding: bytes, as: UTF8.self).contains("PRIVATE KEY-----") else {
            throw .privateKey
        }
        guard let key = unsafe publicKey(bytes) else { throw .malformed }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 else {
            return try unsafe ed25519(key)
        }
        guard let configuration = unsafe jose_cfg() else { throw .malformed }
        defer { unsafe jose_cfg_decref(configuration) }
        unsafe tally_jose_silence(configuration)
        guard let tree = unsafe jose_openssl_jwk_from_EVP_PKEY(configuration, key) else {
            throw .unsupported("this type of key")
        }
        defer { unsafe json_decref(tree) }
        // Through the same reader as a set's keys: the same limits hold.
        guard let text = unsafe json_dumps(tree, 0) else { throw .malformed }
        defer { unsafe free(text) }
        var members = Array(unsafe String(cString: text).utf8)
        if unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA {
            members.removeLast()
            members += Array(#","alg":"\#(rsaAlgorithm.rawValue)"}"#.utf8)
        }
        let limits = JSONLimits(
            maximumByteCount: TokenLimit.keyDocument,
            maximumDepth: TokenLimit.depth
        )
        guard let value = try? JSONValue.parse(members, limits: limits),
            let made = try JSONWebKey.read(value)
        else { throw .malformed }
        return made
    }

    private static func ed25519(_ key: OpaquePointer) throws(KeyError) -> VerificationKey {
        var count = Ed25519Key.byteCount
        var bytes = [UInt8](repeating: 0, count: count)
        // OpenSSL writes at most the `count` bytes that it is given.
        let result = unsafe bytes.withUnsafeMutableBufferPointer {
            unsafe EVP_PKEY_get_raw_public_key(key, $0.baseAddress, &count)
        }
        guard result == 1, count == bytes.count, let made = Ed25519Key(bytes) else {
            throw .malformed
        }
        return VerificationKey(identifier: nil, made)
    }

    /// The key in the first block, which the caller owns; nil where there is none.
    private static func publicKey(_ bytes: [UInt8]) -> OpaquePointer? {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            // It reads from the array, which outlives it.
            guard let source = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count))
            else { return nil }
            defer { unsafe BIO_free(source) }
            if let key = unsafe PEM_read_bio_PUBKEY(source, nil, nil, nil) { return unsafe key }
            guard let again = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count))
            else { return nil }
            defer { unsafe BIO_free(again) }
            guard let certificate = unsafe PEM_read_bio_X509(again, nil, nil, nil) else {
                return nil
            }
            defer { unsafe X509_free(certificate) }
            return unsafe X509_get_pubkey(certificate)
        }
    }
}
