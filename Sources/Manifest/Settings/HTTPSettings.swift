// SPDX-License-Identifier: Apache-2.0

/// The limits of a connection while it speaks HTTP.
package struct HTTPSettings: Hashable, Sendable {
    /// From the first byte awaited to the end of the request's head, else 408.
    package var headerTimeout: Duration = .seconds(10)
    /// From the end of the head to the end of the body, else 408.
    package var bodyTimeout: Duration = .seconds(10)
    /// Between the requests of a kept connection, then it is closed.
    package var keepAliveTimeout: Duration = .seconds(60)
    /// From our close frame to the peer's, then the socket is closed.
    package var closeTimeout: Duration = .seconds(5)
    /// The request line, else 414.
    package var maximumRequestLineByteCount: Int = 8 * 1024
    /// All header lines of a request, else 431.
    package var maximumHeaderByteCount: Int = 16 * 1024
    /// Header lines of a request, else 431.
    package var maximumHeaderCount: Int = 100
    /// A request's body, else 413.
    package var maximumBodyByteCount: Int = 64 * 1024
    /// Streams of server-sent events on a worker, else 429.
    package var maximumEventStreams: Int = 50_000
    /// Polls that wait for news on a worker, else 429.
    package var maximumWaitingPolls: Int = 50_000
    /// What a poll may wait; a longer wish is cut.
    package var maximumPollWait: Duration = .seconds(55)
    /// After which a client whose stream of events has ended comes back; up to half more.
    package var eventRetry: Duration = .seconds(2)

    package init() {}
}
