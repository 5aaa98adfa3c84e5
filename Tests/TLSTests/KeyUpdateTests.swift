// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Reactor
import TestSupport
import Testing

@testable import TLS

/// A client that wants new keys again and again (RFC 8446 §4.6.3) costs the loop's other work little.
@Suite struct KeyUpdateTests {
    /// Far fewer than a client can send, and more than one read may look at.
    private static let updateCount = 50

    /// Else the loop would stay in one read for as long as such a client keeps sending.
    @Test func aReadLooksAtOneRecordWhateverItIs() throws {
        let folder = try CertificateFolder()
        try folder.make("one")
        let server = try TLSServer(
            TLSServerOptions(
                identities: [
                    TLSIdentity(
                        certificates: try folder.bytes("one.pem"),
                        key: try folder.bytes("one.key")
                    )
                ]
            )
        )
        let pair = try Socket.pair().relinquish()
        let near = Descriptor(owning: pair.0)
        let far = Descriptor(owning: pair.1)
        let session = try #require(server.session(on: near.raw))
        let client = try RudeClient(on: far.raw)
        var isEstablished = false
        for _ in 0..<4 where !isEstablished {
            let clientIsDone = client.shakesHands()
            isEstablished = session.handshake() == .done && clientIsDone
        }
        try #require(isEstablished)

        for _ in 0..<Self.updateCount { client.updateKeys() }
        client.send("x")

        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        for _ in 0..<Self.updateCount {
            try #require(session.receive(into: &buffer) == .wouldBlock)
        }
        #expect(session.receive(into: &buffer) == .transferred(1))
        #expect(buffer[0] == UInt8(ascii: "x"))
    }
}

/// A TLS 1.3 client that checks nothing and may do what no ordinary one does.
@safe private final class RudeClient {
    private let context: OpaquePointer
    private let raw: OpaquePointer

    init(on descriptor: Int32) throws {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()),
            let raw = unsafe SSL_new(context)
        else { throw TLSError.outOfMemory }
        unsafe self.context = unsafe context
        unsafe self.raw = unsafe raw
        unsafe SSL_set_fd(raw, descriptor)
        unsafe SSL_set_connect_state(raw)
    }

    deinit {
        unsafe SSL_free(raw)
        unsafe SSL_CTX_free(context)
    }

    func shakesHands() -> Bool { unsafe SSL_do_handshake(raw) == 1 }

    /// Asks for no answer, so that the server has nothing to send either.
    func updateKeys() {
        #expect(unsafe SSL_key_update(raw, SSL_KEY_UPDATE_NOT_REQUESTED) == 1)
        #expect(shakesHands())
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        // The array outlives the call.
        #expect(unsafe SSL_write(raw, bytes, Int32(bytes.count)) == Int32(bytes.count))
    }
}
