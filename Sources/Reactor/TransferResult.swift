// SPDX-License-Identifier: Apache-2.0

/// What became of one attempt to receive or send.
package enum TransferResult: Hashable, Sendable {
    /// This many bytes went over; more than none, perhaps fewer than offered.
    case transferred(Int)
    /// Nothing to read, or no room to write: wait for readiness.
    case wouldBlock
    /// The peer sends nothing more.
    case endOfStream
    /// The connection is broken: reset, timed out, unreachable.
    case failed(SystemError)
}

/// What became of one attempt to accept a connection.
package enum AcceptResult: ~Copyable {
    case accepted(AcceptedConnection)
    /// The queue is empty: wait for readiness.
    case wouldBlock
    /// The process or the system has no descriptor left (EMFILE, ENFILE). The connection stays in
    /// the queue and the listener stays readable: stop watching it for a while.
    case descriptorsExhausted(SystemError)
    /// The kernel has no memory for it, or a firewall forbids it: treat as exhausted.
    case failed(SystemError)
}

/// A connection from the accept queue, nonblocking and close-on-exec.
package struct AcceptedConnection: ~Copyable {
    package let descriptor: Descriptor
    package let peer: SocketAddress

    package init(descriptor: consuming Descriptor, peer: SocketAddress) {
        self.descriptor = descriptor
        self.peer = peer
    }

    /// Takes the descriptor out.
    package consuming func takeDescriptor() -> Descriptor { descriptor }
}
