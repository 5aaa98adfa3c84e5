// SPDX-License-Identifier: Apache-2.0

package import ClientProtocol
package import JSON

/// What happens to a client, in the order in which it happens.
package enum ClientEvent {
    /// The server let the client in; its answer to `connect`.
    case connected(JSONValue)
    case disconnected(Disconnection)
    /// The answer to a request.
    case answered(id: UInt32, Result<JSONValue, RequestFailure>)
    case subscribed(channel: String, SubscribeResult)
    case publication(channel: String, Publication)
    case join(channel: String, JSONValue)
    case leave(channel: String, JSONValue)
    /// The subscription is over for good; nil without an error of the server's.
    case unsubscribed(channel: String, UnsubscribeCause)
    /// A message to this connection alone.
    case message(JSONValue)
}

/// Why a connection ended or never began.
package struct Disconnection: Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// The socket: refused, reset, closed without a close frame.
        case transport(String)
        /// The server's close frame.
        case closed(code: UInt16, reason: String)
        /// The server refused `connect`.
        case refused(ErrorReply)
        /// No ping came when one was due.
        case silence
        /// What the server sent was not of the protocol.
        case protocolViolation
        /// `stop` was called.
        case stopped
    }

    package let cause: Cause
    /// When the next attempt comes; nil: there is none.
    package let reconnectsAfter: Duration?

    package init(cause: Cause, reconnectsAfter: Duration?) {
        self.cause = cause
        self.reconnectsAfter = reconnectsAfter
    }
}

/// Why a request has no result.
package enum RequestFailure: Error, Hashable, Sendable {
    case refused(ErrorReply)
    /// The connection went before the answer came: it may or may not have been done.
    case connectionLost
    /// More requests wait for a connection than `ClientCore.maximumWaitingCommands`.
    case tooManyWaiting
}

package enum UnsubscribeCause: Hashable, Sendable {
    case byClient
    case byServer(code: UInt32, reason: String)
    case refused(ErrorReply)
}
