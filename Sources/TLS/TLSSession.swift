// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc
package import Reactor

/// One connection's TLS, between the bytes that its user means and those on its socket.
///
/// It reads and writes the socket itself, and never blocks. While nothing is on its way it holds no
/// buffer. Transfers answer as `Socket`'s do, so that whoever moves bytes need not know which of the
/// two it has.
@safe package final class TLSSession {
    /// Most bytes in one record (RFC 8446 §5.1), which is what one send takes.
    package static let maximumRecordByteCount = 16_384

    package enum HandshakeResult: Hashable, Sendable {
        case done
        /// Call again when the socket is ready for that.
        case waiting(Interest)
        /// The peer is no TLS client, or nothing could be agreed on; the reason is for a log.
        case failed(String)
    }

    /// How many of the bytes that were offered last are sealed already, and wait for the socket: the
    /// next send must offer the same ones first.
    package private(set) var heldByteCount = 0

    /// Whether the socket must become writable before reading can go on.
    package private(set) var readingNeedsToWrite = false

    private let raw: OpaquePointer
    /// What the session's context calls back to.
    private let owner: AnyObject

    /// nil when there is no memory for it.
    init?(_ context: TLSContext, descriptor: Int32, keeping owner: AnyObject) {
        guard let raw = unsafe SSL_new(context.raw) else { return nil }
        guard unsafe SSL_set_fd(raw, descriptor) == 1 else {
            unsafe SSL_free(raw)
            ERR_clear_error()
            return nil
        }
        unsafe self.raw = unsafe raw
        self.owner = owner
        unsafe SSL_set_accept_state(raw)
    }

    deinit {
        unsafe SSL_free(raw)
    }

    /// Turns the session into a client's, which names and expects this host.
    func become(clientOf host: TLSPeerName) {
        unsafe SSL_set_connect_state(raw)
        switch host {
        case .name(let name):
            // Both copy the text.
            unsafe tally_set_server_name(raw, name)
            unsafe SSL_set1_host(raw, name)
        case .address(let text):
            unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(raw), text)
        }
    }

    /// Goes on with the handshake as far as it can.
    package func handshake() -> HandshakeResult {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(raw)
        if result == 1 { return .done }
        switch unsafe SSL_get_error(raw, result) {
        case SSL_ERROR_WANT_READ: return .waiting(.readable)
        case SSL_ERROR_WANT_WRITE: return .waiting(.writable)
        default: return .failed(failureReason)
        }
    }

    /// Whether the handshake is over.
    package var isEstablished: Bool { unsafe SSL_is_init_finished(raw) == 1 }

    /// Whether the handshake was a resumption; known when it is over.
    package var wasResumed: Bool { unsafe SSL_session_reused(raw) == 1 }

    /// Receives into the buffer from its start, one record at most; the buffer must hold one.
    package func receive(into buffer: inout [UInt8]) -> TransferResult {
        precondition(buffer.count >= Self.maximumRecordByteCount)
        ERR_clear_error()
        readingNeedsToWrite = false
        // The pointer covers the array's bytes and is used during the call only.
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe SSL_read(raw, bytes.baseAddress, Int32(clamping: bytes.count))
        }
        if count > 0 { return .transferred(Int(count)) }
        switch unsafe SSL_get_error(raw, count) {
        case SSL_ERROR_WANT_READ: return .wouldBlock
        case SSL_ERROR_WANT_WRITE:
            readingNeedsToWrite = true
            return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .endOfStream
        case let code: return failure("TLS read", code)
        }
    }

    /// Sends bytes from an offset on, one record of them at most; there must be at least one.
    package func send(_ bytes: [UInt8], from offset: Int) -> TransferResult {
        precondition(offset >= 0 && offset < bytes.count, "nothing to send")
        let count = min(bytes.count - offset, Self.maximumRecordByteCount)
        // The range was checked; the pointer is used during the call only.
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe send(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
        }
    }

    /// Tells the peer that nothing more comes (RFC 8446 §6.1); what it does not take is lost.
    package func endSending() {
        ERR_clear_error()
        // A handshake that is not over has nobody to tell.
        guard isEstablished else { return }
        unsafe SSL_shutdown(raw)
        ERR_clear_error()
    }

    private func send(_ bytes: UnsafeRawBufferPointer) -> TransferResult {
        ERR_clear_error()
        let count = unsafe SSL_write(raw, bytes.baseAddress, Int32(bytes.count))
        if count > 0 {
            heldByteCount = 0
            return .transferred(Int(count))
        }
        switch unsafe SSL_get_error(raw, count) {
        case SSL_ERROR_WANT_WRITE, SSL_ERROR_WANT_READ:
            heldByteCount = bytes.count
            return .wouldBlock
        case let code: return failure("TLS write", code)
        }
    }

    private func failure(_ operation: String, _ code: Int32) -> TransferResult {
        if code == SSL_ERROR_SYSCALL, ERR_peek_error() == 0, errno != 0 {
            return .failed(SystemError(operation: operation, code: errno))
        }
        return .failed(SystemError(operation: "\(operation): \(failureReason)", code: EPROTO))
    }

    private var failureReason: String {
        let verification = unsafe SSL_get_verify_result(raw)
        let reason = ErrorQueue.takeReason()
        guard verification != Int(X509_V_OK),
            // A static text of OpenSSL's.
            let text = unsafe X509_verify_cert_error_string(verification)
        else { return reason }
        return unsafe "\(reason): \(String(cString: text))"
    }
}
