// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// A certificate with the ones above it, as a PEM file has them.
struct CertificateChain {
    /// The server's own.
    let leaf: Certificate
    /// The ones above it.
    let issuers: ArraySlice<Certificate>

    /// - Throws: where there is none, or one that cannot be read.
    init(pem: [UInt8]) throws(TLSError) {
        let certificates = PEM.certificates(in: pem)
        guard let first = certificates.first else { throw .noCertificate }
        leaf = first
        issuers = certificates.dropFirst()
    }
}

/// One X.509 certificate.
@safe final class Certificate {
    let raw: OpaquePointer

    /// Takes a certificate over.
    init(owning raw: OpaquePointer) {
        unsafe self.raw = unsafe raw
    }

    deinit {
        unsafe X509_free(raw)
    }

    /// Until when it is valid, in Unix seconds; nil when it does not say so in a known way.
    var expiry: Int64? {
        var days: Int32 = 0
        var seconds: Int32 = 0
        // From 1970 on: the time is owned by the certificate, `epoch` here.
        guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return nil }
        defer { unsafe ASN1_STRING_free(epoch) }
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(raw)) == 1 else {
            return nil
        }
        return Int64(days) * 86_400 + Int64(seconds)
    }

    /// The DNS names that it is for, in lower case (RFC 6125 §6.4.4: the common name is not one).
    var names: [String] {
        let extensions = unsafe X509_get_ext_d2i(raw, NID_subject_alt_name, nil, nil)
        guard let list = OpaquePointer(extensions) else { return [] }
        defer { unsafe GENERAL_NAMES_free(list) }
        var names: [String] = []
        for index in 0..<(unsafe tally_certificate_name_count(list)) {
            // Owned by the list; the type says which of the union's members is there.
            guard let name = unsafe tally_certificate_name(list, index),
                unsafe name.pointee.type == GEN_DNS, let text = unsafe name.pointee.d.dNSName,
                let bytes = unsafe ASN1_STRING_get0_data(text)
            else { continue }
            let count = Int(unsafe ASN1_STRING_length(text))
            let buffer = unsafe UnsafeBufferPointer(start: bytes, count: count)
            names.append(unsafe String(decoding: buffer, as: UTF8.self).lowercased())
        }
        return names
    }

    /// The kind of its key: RSA, EC, Ed25519 and so on, as OpenSSL numbers them.
    var keyType: Int32 {
        guard let key = unsafe X509_get0_pubkey(raw) else { return 0 }
        return unsafe EVP_PKEY_get_base_id(key)
    }
}

/// What OpenSSL finds in PEM text (RFC 7468).
enum PEM {
    /// All certificates; none where one is damaged.
    static func certificates(in text: [UInt8]) -> [Certificate] {
        var found: [Certificate] = []
        unsafe withBIO(text) { bio in
            while let raw = unsafe PEM_read_bio_X509(bio, nil, refuse, nil) {
                found.append(unsafe Certificate(owning: raw))
            }
        }
        // The end of the text is an error, too, and the expected one.
        let isWhole = ERR_peek_last_error() & 0xFFF == UInt(PEM_R_NO_START_LINE)
        ERR_clear_error()
        return isWhole ? found : []
    }

    /// The private key, which the caller owns.
    static func privateKey(in text: [UInt8]) throws(TLSError) -> OpaquePointer {
        var found: OpaquePointer?
        unsafe withBIO(text) { bio in unsafe found = PEM_read_bio_PrivateKey(bio, nil, refuse, nil)
        }
        ERR_clear_error()
        if let key = unsafe found { return unsafe key }
        let isEncrypted = String(decoding: text, as: UTF8.self).contains("ENCRYPTED")
        throw isEncrypted ? .encryptedKey : .noKey
    }

    /// Instead of asking for a password on the terminal.
    private static let refuse:
        @convention(c) (
            UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
        ) -> Int32 = { _, _, _, _ in 0 }

    private static func withBIO(_ text: [UInt8], _ body: (OpaquePointer) -> Void) {
        unsafe text.withUnsafeBytes { bytes in
            // Reads from the array's bytes, and is gone before they are.
            guard let bio = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else {
                return
            }
            unsafe body(bio)
            unsafe BIO_free(bio)
        }
    }
}
