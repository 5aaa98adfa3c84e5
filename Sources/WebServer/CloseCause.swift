// SPDX-License-Identifier: Apache-2.0

package import Reactor
package import WebSocket

/// Why a WebSocket is over.
package enum CloseCause: Hashable, Sendable {
    /// The peer sent a close frame.
    case closedByPeer(ClosePayload)

    /// The application closed it with this code.
    case closedHere(CloseCode)

    /// The application aborted it.
    case aborted

    /// The peer broke the protocol and was told how.
    case violation(WebSocketError)

    /// The peer took too little of what was sent to it, in bytes or in time.
    case slow

    /// The connection ended without a close frame; nil where the peer just ended it.
    case connectionLost(SystemError?)
}
