// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// What many sessions are made with; an `SSL_CTX`.
@safe final class TLSContext {
    let raw: OpaquePointer

    /// For clients: verifies the server's certificate by the system's authorities, or by `authorities`.
    init(authorities: [UInt8]?) throws(TLSError) {
        guard let method = unsafe TLS_client_method(), let raw = unsafe SSL_CTX_new(method) else {
            throw .outOfMemory
        }
        unsafe self.raw = unsafe raw
        setUp(minimumVersion: .tls12)
        unsafe SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nil)
        guard let authorities else {
            unsafe SSL_CTX_set_default_verify_paths(raw)
            return
        }
        let store = unsafe SSL_CTX_get_cert_store(raw)
        let found = PEM.certificates(in: authorities)
        guard !found.isEmpty else { throw .noAuthority }
        // The store takes a reference of its own.
        for certificate in found { unsafe X509_STORE_add_cert(store, certificate.raw) }
    }

    /// For servers, without a certificate yet.
    init(_ options: TLSServerOptions) throws(TLSError) {
        guard let method = unsafe TLS_server_method(), let raw = unsafe SSL_CTX_new(method) else {
            throw .outOfMemory
        }
        unsafe self.raw = unsafe raw
        setUp(minimumVersion: options.minimumVersion)
        // A read looks at one record, whatever it is: a client that sends key updates without end
        // (RFC 8446 §4.6.3) would hold the loop inside one call.
        unsafe tally_ctx_clear_mode(raw, Int(SSL_MODE_AUTO_RETRY))
        guard unsafe SSL_CTX_set_cipher_list(raw, options.ciphers) == 1 else {
            ERR_clear_error()
            throw .unknownCiphers
        }
        // The server's order, but a client without AES in hardware gets ChaCha20 if it wants it.
        unsafe SSL_CTX_set_options(
            raw,
            tally_server_preference | tally_prioritize_chacha
        )
        // Sessions live in tickets alone: a worker keeps nothing of clients that are gone.
        unsafe tally_ctx_set_session_cache(raw, Int(SSL_SESS_CACHE_OFF))
        unsafe SSL_CTX_set_timeout(raw, Int(options.ticketLifetime.components.seconds))
        // The context copies the name, without which resumption with client certificates fails.
        let name = Self.sessionName(options)
        unsafe SSL_CTX_set_session_id_context(raw, name, UInt32(name.count))
        if options.ticketSecret == nil {
            unsafe SSL_CTX_set_options(raw, tally_no_ticket)
            unsafe SSL_CTX_set_num_tickets(raw, 0)
        } else {
            // One is enough for a client with one connection; each costs bytes and a seal.
            unsafe SSL_CTX_set_num_tickets(raw, 1)
        }
        try setClientVerification(options)
    }

    deinit {
        unsafe SSL_CTX_free(raw)
    }

    /// Adds a certificate and its key; there may be one of each kind of key.
    func add(_ chain: CertificateChain, key text: [UInt8]) throws(TLSError) {
        let key = unsafe try PEM.privateKey(in: text)
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe X509_check_private_key(chain.leaf.raw, key) == 1 else {
            ERR_clear_error()
            throw .keyMismatch
        }
        // The context takes references of its own.
        guard unsafe SSL_CTX_use_certificate(raw, chain.leaf.raw) == 1,
            unsafe SSL_CTX_use_PrivateKey(raw, key) == 1
        else { throw .refused(ErrorQueue.takeReason()) }
        for issuer in chain.issuers {
            guard unsafe tally_ctx_add_chain_certificate(raw, issuer.raw) == 1 else {
                throw .refused(ErrorQueue.takeReason())
            }
        }
    }

    private func setUp(minimumVersion: TLSServerOptions.Version) {
        let version = minimumVersion == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
        unsafe tally_ctx_set_minimum_version(raw, version)
        unsafe tally_ctx_set_groups(raw, "X25519:P-256:P-384")
        // The connection's queue is where bytes wait, and it may have moved or grown by the next
        // try. Buffers are given back while nothing is on its way, 34 KiB for each connection.
        unsafe tally_ctx_set_mode(
            raw,
            Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
                | Int(SSL_MODE_RELEASE_BUFFERS)
        )
        unsafe SSL_CTX_set_options(
            raw,
            // Whoever may renegotiate may make the server work for nothing. An end without the
            // peer's close_notify is an end: HTTP and WebSocket say themselves where they end.
            tally_no_renegotiation | tally_no_compression | tally_ignore_unexpected_end
        )
    }

    /// What sessions can be resumed under: the rule for clients, and the authorities of that.
    ///
    /// Whoever comes with a session of another rule begins anew, and shows a certificate that counts.
    static func sessionName(_ options: TLSServerOptions) -> [UInt8] {
        let rule = Array("tally session clients \(options.clientVerification.rawValue)".utf8)
        let isOff = options.clientVerification == .off
        let authorities = isOff ? Array("none".utf8) : options.clientAuthorities
        var name = [UInt8](repeating: 0, count: Int(SSL_MAX_SID_CTX_LENGTH))
        // All three arrays outlive the call, which reads and writes exactly their counts.
        let succeeded = unsafe tally_derive(
            authorities,
            authorities.count,
            rule,
            rule.count,
            &name,
            name.count
        )
        precondition(succeeded == 1, "OpenSSL has no HKDF")
        return name
    }

    private func setClientVerification(_ options: TLSServerOptions) throws(TLSError) {
        guard options.clientVerification != .off else { return }
        let found = PEM.certificates(in: options.clientAuthorities)
        guard !found.isEmpty else { throw .noAuthority }
        for certificate in found {
            guard unsafe tally_add_client_authority(raw, certificate.raw) == 1 else {
                throw .refused(ErrorQueue.takeReason())
            }
        }
        var mode = SSL_VERIFY_PEER
        if options.clientVerification == .required { mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT }
        unsafe SSL_CTX_set_verify(raw, mode, nil)
    }
}
