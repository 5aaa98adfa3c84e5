// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// An Ed25519 public key (RFC 8032) of OpenSSL's, since libjose has none.
@safe
final class Ed25519Key {
    static let byteCount = 32
    static let signatureByteCount = 64

    private let key: OpaquePointer

    /// - Returns: nil unless OpenSSL takes the 32 bytes for a public key.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        let made = unsafe bytes.withUnsafeBufferPointer {
            unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, $0.baseAddress, $0.count)
        }
        guard let made = unsafe made else { return nil }
        unsafe key = made
    }

    deinit {
        unsafe EVP_PKEY_free(key)
    }

    /// Whether the signature of `header.payload` is this key's (RFC 8037 §3.1).
    func verifies(_ parts: TokenParts) -> Bool {
        guard let signature = Base64URL.decode(parts.signature),
            signature.count == Self.signatureByteCount,
            let context = unsafe EVP_MD_CTX_new()
        else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        // Ed25519 hashes by itself: no digest is named, and the text goes in whole.
        guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
        let signed = Array("\(parts.header).\(parts.payload)".utf8)
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe signed.withUnsafeBufferPointer { signed in
                unsafe EVP_DigestVerify(
                    context,
                    signature.baseAddress,
                    signature.count,
                    signed.baseAddress,
                    signed.count
                ) == 1
            }
        }
    }
}
