// SPDX-License-Identifier: Apache-2.0

import HTTP
import Reactor

/// A connection's HTTP side, apart from it so that a WebSocket does not carry it along.
final class HTTPExchange {
    /// A request whose answer comes later, or is on its way as a stream.
    struct Deferred {
        let answer: PendingAnswer
        var context: HTTPResponseEncoder.Context
        let patience: Duration
        let halfClose: Connection.HalfClose
        var isStreaming = false
        var isChunked = false
    }

    /// The other end of the socket, or whom the PROXY header named in its place.
    var directPeer: SocketAddress
    /// What comes before the first request; nil once that is over.
    var entrance: Entrance?
    var parser: HTTPRequestParser
    var answeredCount = 0

    /// How the request that the application is being asked about wants its answer.
    var context: HTTPResponseEncoder.Context?
    var deferred: Deferred?

    init(limits: HTTPLimits, directPeer: SocketAddress) {
        self.directPeer = directPeer
        parser = HTTPRequestParser(limits: limits)
    }
}
