// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The socket calls: every descriptor nonblocking and close-on-exec, interruptions repeated.
package enum Socket {
    /// Makes a listening socket.
    ///
    /// `reusePort`: others with the same choice and user may listen on the same address, and the
    /// kernel spreads connections over all (SO_REUSEPORT, `socket(7)`). An address whose old
    /// connections linger in TIME_WAIT can be had again. IPv6 sockets take no IPv4 (RFC 3493
    /// §5.3), so that both can be listed.
    /// - Throws: EADDRINUSE, EACCES, EADDRNOTAVAIL and the like, with the address.
    package static func listen(
        _ address: SocketAddress,
        reusePort: Bool,
        backlog: Int32
    ) throws(SystemError) -> Descriptor {
        let socket = try make(address)
        try setOption(socket.raw, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR")
        if reusePort { try sharePort(socket.raw) }
        if address.family == AF_INET6 {
            try setOption(socket.raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1, "IPV6_V6ONLY")
        }
        // The kernel copies the address during the call.
        let bound = unsafe address.withKernelAddress { unsafe Glibc.bind(socket.raw, $0, $1) }
        guard bound == 0 else { throw SystemError(lastErrorOf: "bind \(address)") }
        guard Glibc.listen(socket.raw, backlog) == 0 else {
            throw SystemError(lastErrorOf: "listen \(address)")
        }
        return socket
    }

    /// Lets further sockets listen on this one's address (SO_REUSEPORT).
    package static func sharePort(_ raw: Int32) throws(SystemError) {
        try setOption(raw, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT")
    }

    /// Takes the next connection from the queue.
    package static func accept(_ listener: Int32) -> AcceptResult {
        while true {
            var raw: Int32 = -1
            let peer = unsafe SocketAddress.fromKernel { address, length in
                raw = retryingInterrupted { unsafe tally_accept(listener, address, &length) }
                return raw >= 0
            }
            if raw >= 0 {
                return .accepted(
                    AcceptedConnection(
                        descriptor: Descriptor(owning: raw),
                        peer: peer ?? .unix(path: "")
                    )
                )
            }
            switch errno {
            case EAGAIN:
                return .wouldBlock
            case EMFILE, ENFILE:
                return .descriptorsExhausted(SystemError(lastErrorOf: "accept"))
            case ENOBUFS, ENOMEM, EPERM:
                return .failed(SystemError(lastErrorOf: "accept"))
            case EINVAL:
                preconditionFailure("accept on a socket that does not listen")
            default:
                // An error of a connection that died in the queue, which is now one shorter:
                // "treat them like EAGAIN by retrying" (accept(2)).
                continue
            }
        }
    }

    /// Starts to connect; once writable, `pendingError` says how it went.
    package static func connect(_ address: SocketAddress) throws(SystemError) -> Descriptor {
        let socket = try make(address)
        // The kernel copies the address during the call. An interrupted connect goes on by
        // itself (connect(2)), so it is not repeated.
        let result = unsafe address.withKernelAddress { unsafe Glibc.connect(socket.raw, $0, $1) }
        guard result == 0 || errno == EINPROGRESS || errno == EINTR else {
            throw SystemError(lastErrorOf: "connect \(address)")
        }
        return socket
    }

    /// Takes the error of a connection attempt or a broken connection; 0 when there is none.
    package static func pendingError(_ raw: Int32) -> Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        // Both are live locals, and the size is the value's.
        let result = unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &code, &size)
        precondition(result == 0, "SO_ERROR of something that is no socket")
        return code
    }

    /// The address that the socket has on this side; nil when the kernel cannot tell.
    package static func localAddress(_ raw: Int32) -> SocketAddress? {
        unsafe SocketAddress.fromKernel { unsafe getsockname(raw, $0, &$1) == 0 }
    }

    /// Sends small messages at once instead of waiting for more (TCP_NODELAY, `tcp(7)`).
    ///
    /// Does nothing to a Unix socket or a connection that is gone already.
    package static func setNoDelay(_ raw: Int32) {
        try? setOption(raw, Int32(IPPROTO_TCP), TCP_NODELAY, 1, "TCP_NODELAY")
    }

    /// Tells the peer that nothing more comes; receiving goes on.
    package static func shutdownSending(_ raw: Int32) {
        // Fails only where the connection is gone already.
        _ = shutdown(raw, Int32(SHUT_WR))
    }

    private static func make(_ address: SocketAddress) throws(SystemError) -> Descriptor {
        let type = Int32(
            SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        )
        let raw = socket(address.family, type, 0)
        guard raw >= 0 else { throw SystemError(lastErrorOf: "socket for \(address)") }
        return Descriptor(owning: raw)
    }

    private static func setOption(
        _ raw: Int32,
        _ level: Int32,
        _ option: Int32,
        _ value: Int32,
        _ name: String
    ) throws(SystemError) {
        var value = value
        // `value` is a live local of the size that is passed.
        let result = unsafe setsockopt(
            raw,
            level,
            option,
            &value,
            socklen_t(MemoryLayout<Int32>.size)
        )
        guard result == 0 else { throw SystemError(lastErrorOf: "setsockopt \(name)") }
    }
}
