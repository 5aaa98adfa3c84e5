// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Reactor

/// What a server's TLS connections have in common: certificates, choices, ticket keys.
///
/// One context for each set of names; a context may have certificates of several kinds of key (RSA
/// and ECDSA), among which OpenSSL takes what the client can check.
@safe package final class TLSServer {
    private let contexts: [TLSContext]
    /// Which context a name that a client asks for leads to, `*.` for one label.
    private let contextsByName: [String: Int]
    fileprivate var tickets: TicketKeys?

    /// Until when the certificate that ends first is valid, in Unix seconds.
    package let expiries: [Int64?]

    /// Most certificates: each is a file to read, to hand over and to keep.
    package static let maximumIdentityCount = 64
    /// Most bytes of a file of certificates or of a key: chains are a few thousand.
    package static let maximumFileByteCount = 64 * 1_024

    /// - Throws: what is wrong with an identity, by its index, or with a choice.
    package init(_ options: TLSServerOptions) throws(TLSServerError) {
        var contexts: [(names: Set<String>, keyTypes: Set<Int32>, context: TLSContext)] = []
        var byName: [String: Int] = [:]
        var expiries: [Int64?] = []
        for (number, identity) in options.identities.enumerated() {
            do throws(TLSError) {
                let chain = try CertificateChain(pem: identity.certificates)
                let names = Set(chain.leaf.names)
                let index: Int
                if let known = contexts.firstIndex(where: {
                    $0.names == names && !$0.keyTypes.contains(chain.leaf.keyType)
                }) {
                    index = known
                } else {
                    index = contexts.count
                    contexts.append((names, [], try Self.makeContext(options)))
                }
                try contexts[index].context.add(chain, key: identity.key)
                contexts[index].keyTypes.insert(chain.leaf.keyType)
                for name in names where byName[name] == nil { byName[name] = index }
                expiries.append(chain.leaf.expiry)
            } catch {
                throw TLSServerError(identity: number, reason: error)
            }
        }
        guard !contexts.isEmpty else { throw TLSServerError(identity: 0, reason: .noCertificate) }
        self.contexts = contexts.map(\.context)
        contextsByName = byName
        self.expiries = expiries
        if let secret = options.ticketSecret {
            tickets = TicketKeys(
                secret: secret,
                lifetime: options.ticketLifetime,
                now: WallClock.now() / 1_000
            )
        }
        connectCallbacks()
    }

    /// Starts the server's side of TLS on a socket that the caller goes on owning.
    ///
    /// nil when there is no memory for it.
    package func session(on descriptor: Int32) -> TLSSession? {
        TLSSession(contexts[0], descriptor: descriptor, keeping: self)
    }

    private static func makeContext(_ options: TLSServerOptions) throws(TLSError)
        -> TLSContext
    {
        try TLSContext(options)
    }

    /// Callbacks find the server through the context's application data.
    ///
    /// Sessions keep the server alive, and no context calls without a session.
    private func connectCallbacks() {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        for context in contexts {
            unsafe SSL_CTX_set_ex_data(context.raw, 0, this)
            unsafe SSL_CTX_set_alpn_select_cb(context.raw, chooseProtocol, nil)
            unsafe tally_ctx_set_name_callback(context.raw, chooseCertificate, this)
            if tickets != nil {
                unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(context.raw, sealTicket)
            }
        }
    }

    fileprivate func context(for name: String) -> TLSContext? {
        let name = name.lowercased()
        if let index = contextsByName[name] { return contexts[index] }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        return contextsByName["*" + name[dot...]].map { contexts[$0] }
    }

    fileprivate func updatedTickets() -> TicketKeys? {
        tickets?.update(now: WallClock.now() / 1_000)
        return tickets
    }
}

/// What is wrong with which certificate.
package struct TLSServerError: Error, Hashable, Sendable {
    /// Its place in the options.
    package let identity: Int
    package let reason: TLSError
}

/// Lets a client that offers protocols have HTTP/1.1, or nothing (RFC 7301 §3.2).
private let chooseProtocol:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
        UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
    ) -> Int32 = { _, chosen, chosenCount, offered, offeredCount, _ in
        guard let offered = unsafe offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        // The client's list, which outlives the handshake message that is being read.
        let list = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredCount))
        let wanted = Array("http/1.1".utf8)
        var offset = 0
        while offset < list.count {
            let end = unsafe offset + 1 + Int(list[offset])
            guard end <= list.count else { break }
            if unsafe list[(offset + 1)..<end].elementsEqual(wanted) {
                unsafe chosen?.pointee = offered + offset + 1
                unsafe chosenCount?.pointee = UInt8(wanted.count)
                return SSL_TLSEXT_ERR_OK
            }
            offset = end
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

/// Takes the context that has the name that the client asks for (RFC 6066 §3); the first one for all
/// others.
private let chooseCertificate:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?
    ) -> Int32 = { session, _, argument in
        guard let session = unsafe session, let argument = unsafe argument,
            let text = unsafe SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)
        else { return SSL_TLSEXT_ERR_NOACK }
        // The server outlives its sessions, of which this is one; the name is the session's.
        let server = unsafe Unmanaged<TLSServer>.fromOpaque(argument).takeUnretainedValue()
        if let context = server.context(for: unsafe String(cString: text)) {
            unsafe SSL_set_SSL_CTX(session, context.raw)
        }
        return SSL_TLSEXT_ERR_OK
    }

/// Seals and opens tickets; SSL_CTX_set_tlsext_ticket_key_evp_cb(3) says what is returned.
private let sealTicket:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?, OpaquePointer?,
        OpaquePointer?, Int32
    ) -> Int32 = { session, name, vector, cipher, mac, isSealing in
        guard let session = unsafe session, let name = unsafe name, let vector = unsafe vector,
            let argument = unsafe SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), 0)
        else { return -1 }
        // As in `chooseCertificate`.
        let server = unsafe Unmanaged<TLSServer>.fromOpaque(argument).takeUnretainedValue()
        guard let keys = server.updatedTickets() else { return -1 }
        let nameBytes = unsafe UnsafeMutableBufferPointer(
            start: name,
            count: TicketKeys.nameByteCount
        )
        let key: TicketKeys.Key
        if isSealing == 1 {
            key = keys.current
            _ = unsafe nameBytes.update(fromContentsOf: key.name)
            guard unsafe RAND_bytes(vector, EVP_MAX_IV_LENGTH) == 1 else { return -1 }
        } else {
            guard let known = keys.key(named: unsafe Array(nameBytes)) else { return 0 }
            key = known
        }
        let setUp = isSealing == 1 ? unsafe EVP_EncryptInit_ex : unsafe EVP_DecryptInit_ex
        var authentication = key.authentication
        // The keys are read during the calls, and have the lengths of AES-256 and of the array.
        guard unsafe setUp(cipher, EVP_aes_256_cbc(), nil, key.cipher, vector) == 1,
            unsafe tally_set_ticket_mac(mac, &authentication, authentication.count) == 1
        else { return -1 }
        return isSealing == 1 || key == keys.current ? 1 : 2
    }
