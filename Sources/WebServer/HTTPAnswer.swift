// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// What an application says to a request.
package enum HTTPAnswer: Sendable {
    /// The whole answer, at once.
    case now(HTTPResponse)

    /// Later, by `WebServer.answer` or as a stream; from `Connection.deferAnswer`.
    case later(PendingAnswer)
}

/// Names one request that waits for its answer, or whose answer is a stream that goes on.
///
/// It survives nothing: once the answer is given, its time is over or the connection is gone, it
/// names nothing, and what is still said under it is dropped. A connection has one at most, since
/// answers leave in the order of their requests (RFC 9112 §9.3.2).
package struct PendingAnswer: Hashable, Sendable {
    package let connection: ConnectionID
    let number: UInt32
}

/// Why a request was not answered to its end.
package enum AbandonCause: Hashable, Sendable {
    /// Its time is over, and the client was told 504.
    case late

    /// The client went away, or ended its side where that counts as going.
    case clientGone

    /// The client took too little of a stream, in bytes or in time.
    case slow
}
