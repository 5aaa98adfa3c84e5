// SPDX-License-Identifier: Apache-2.0

package import HTTP
package import WebSocket

/// What a server's connections may cost, each and together.
package struct WebServerLimits: Sendable {
    package var http: HTTPLimits
    package var webSocket: WebSocketLimits

    /// Whether clients that offer permessage-deflate (RFC 7692) are answered with it.
    package var compression = MessageCompression.none

    /// Messages below are sent as they are: what they would gain is less than what it costs.
    package var minimumDeflatedByteCount = 256

    /// Sockets open at once; more are answered 503 and closed.
    package var maximumConnectionCount = 100_000

    /// Sockets open at once from one IPv4 address or IPv6 /64; more are answered 429 and closed.
    package var maximumConnectionCountPerAddress = 100_000

    /// New connections a second; more wait in the kernel's queue.
    package var maximumAcceptCountPerSecond = 100_000

    /// Bytes queued for one WebSocket or streamed body; more closes it as slow.
    package var maximumUnsentByteCount = 1 << 20

    /// How long a frame may wait for one WebSocket to take those before it; more closes it as slow.
    package var maximumUnsentAge = Duration.seconds(30)

    /// Bytes queued for one connection above which nothing more is read from it, so that a peer
    /// that asks and never takes the answers costs no more than this and one answer.
    package var pauseReadingAboveUnsentByteCount = 256 * 1024

    /// What a slow peer is told when `maximumUnsentByteCount` is passed.
    package var slowClosePayload = ClosePayload(code: CloseCode(rawValue: 3008), reason: "slow")

    /// From a connection's start to the end of its TLS handshake, with the PROXY header before it;
    /// then it is closed.
    package var handshakeTimeout = Duration.seconds(10)

    /// From a connection's start, or a request's first byte, to the end of its head; then 408.
    package var requestHeadTimeout = Duration.seconds(10)

    /// From the end of a request's head to the end of its body; then 408.
    package var requestBodyTimeout = Duration.seconds(30)

    /// Between an answer and the next request; then the connection is closed without a word.
    package var keepAliveTimeout = Duration.seconds(60)

    /// For every `WebServerLimits.minimumSentByteCount` of what is queued, or all of it.
    package var sendTimeout = Duration.seconds(30)

    /// From a message's first byte to its last; then 1008.
    ///
    /// Nobody holds half a message for ever, a byte at a time.
    package var messageTimeout = Duration.seconds(30)

    /// From our close frame to the peer's.
    package var closeHandshakeTimeout = Duration.seconds(5)

    /// From our end of the connection to the peer's, so that it can read the last answer: closing
    /// with bytes unread would reset the connection and could destroy that (RFC 9112 §9.6).
    package var lingerTimeout = Duration.seconds(2)

    /// How often deadlines are looked at; how late they may be noticed.
    package var sweepInterval = Duration.seconds(1)

    /// How long accepting rests when descriptors ran out and none is given back meanwhile.
    package var acceptPause = Duration.milliseconds(500)

    package init(http: HTTPLimits, webSocket: WebSocketLimits) {
        self.http = http
        self.webSocket = webSocket
    }

    /// Bytes that a peer must take within `sendTimeout` to get another: about 550 a second.
    package static let minimumSentByteCount = 16 * 1024

    /// Bytes of the receive buffer that all connections of a server share.
    static let receiveBufferByteCount = 64 * 1024

    /// Receive calls for one connection in one turn, so that no other waits long.
    static let maximumReceiveCountPerTurn = 4

    /// Requests and frames of one connection that are acted on in one turn, for the same reason.
    static let maximumEventCountPerTurn = 256

    /// What TLS handshakes may take of one turn, at least one of them: each signs, which takes up to
    /// a few milliseconds, and a flood of them must not hold up those who are served already.
    static let handshakeTimePerTurn = Duration.milliseconds(4)

    /// Connections accepted in one turn, for the same reason.
    static let maximumAcceptCountPerTurn = 64
}
