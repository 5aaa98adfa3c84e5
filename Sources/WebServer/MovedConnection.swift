// SPDX-License-Identifier: Apache-2.0

package import Reactor
package import WebSocket

/// A WebSocket on its way to another process: what its socket does not carry by itself.
package struct MovedConnection: Hashable, Sendable {
    package let peer: SocketAddress
    package let compression: MessageCompression
    package let lastReceived: MonotonicTime
    /// Bytes that bring a new endpoint to where the old one stands.
    package let replay: [UInt8]
    /// Received and not looked at yet.
    package let unprocessed: [UInt8]
    /// Encoded and not taken by the kernel yet; may begin inside a frame.
    package let unsent: [UInt8]

    package init(
        peer: SocketAddress,
        compression: MessageCompression = .none,
        lastReceived: MonotonicTime,
        replay: [UInt8],
        unprocessed: [UInt8],
        unsent: [UInt8]
    ) {
        self.peer = peer
        self.compression = compression
        self.lastReceived = lastReceived
        self.replay = replay
        self.unprocessed = unprocessed
        self.unsent = unsent
    }
}

/// Why a moved connection cannot be gone on with.
package enum MoveError: Error, Hashable, Sendable {
    /// The replay is no beginning of a message, or is a whole one.
    case invalidReplay
    case system(SystemError)
}
